/** The shape of a service. The order of the fields is the reference's: the config hash depends on it. */
import {
  environmentMap,
  healthcheckTest,
  namedTexts,
  shellCommand,
  textList,
  textMap,
} from "./collection_kinds.ts";
import { build } from "./build_shape.ts";
import { deploy } from "./deploy_shape.ts";
import { develop } from "./develop_shape.ts";
import { fileReference } from "./resource_shapes.ts";
import { provider, serviceModel } from "./plugin_shapes.ts";
import { hostMap } from "./host_map.ts";
import { blkioConfig, gpu } from "./hardware_shapes.ts";
import {
  type Fields,
  kept,
  type Kind,
  list,
  named,
  namedOrNull,
  optOut,
  shape,
  withoutEffect,
  written,
} from "./kind.ts";
import type {
  Condition,
  CredentialSpec,
  Dependency,
  Device,
  Healthcheck,
  Hook,
  Logging,
  Mount,
  Port,
  PreStartHook,
  Service,
  ServiceNetwork,
} from "./project.ts";
import { mustBe } from "./spot.ts";
import { boolean, byteSize, duration, float32, integer, text, unsigned, unsignedOf } from "./scalar_kinds.ts";
import { ulimits } from "./ulimits.ts";

const dependency = shape<Dependency>({
  condition: text as Kind<string> as Kind<Condition>,
  restart: boolean,
  required: written(boolean, "false"),
});

const credentialSpec = shape<CredentialSpec>({ config: text, file: text, registry: text });

const device = shape<Device>({ source: text, target: text, permissions: text });

const healthcheck = shape<Healthcheck>({
  test: healthcheckTest,
  timeout: kept(duration),
  interval: kept(duration),
  retries: kept(unsigned),
  start_period: kept(duration),
  start_interval: kept(duration),
  disable: boolean,
});

const hook = shape<Hook>({
  command: shellCommand as Kind<readonly string[] | null>,
  user: text,
  privileged: boolean,
  working_dir: text,
  environment: environmentMap,
});

const preStartHook = shape<PreStartHook>({
  command: shellCommand as Kind<readonly string[] | null>,
  image: text,
  user: text,
  privileged: boolean,
  working_dir: text,
  environment: environmentMap,
  per_replica: boolean,
});

const logging = shape<Logging>({ driver: text, options: textMap });

const bindFields: Fields<NonNullable<Mount["bind"]>> = {
  selinux: text,
  propagation: text,
  create_host_path: boolean,
  recursive: text,
};

/** An explicit `false` is kept, though only Compose 5 tells it from none. */
const bindOptions = {
  ...shape<NonNullable<Mount["bind"]>>(bindFields),
  bind: shape<NonNullable<Mount["bind"]>>({ ...bindFields, create_host_path: kept(boolean) }).bind,
};

/** The reference takes no text here, not even from a variable. */
const tmpfsMode: Kind<number> = {
  ...unsigned,
  bind: (value, spot, notes) => {
    if (typeof value === "string") throw mustBe(spot, value, "a number such as 0755, without quotes");
    return unsignedOf(32).bind(value, spot, notes);
  },
};

const mountFields: Fields<Mount> = {
  type: text,
  source: text,
  target: text,
  read_only: boolean,
  consistency: text,
  bind: bindOptions,
  volume: shape<NonNullable<Mount["volume"]>>({ labels: textMap, nocopy: boolean, subpath: text }),
  tmpfs: shape<NonNullable<Mount["tmpfs"]>>({ size: byteSize, mode: tmpfsMode }),
  image: shape<NonNullable<Mount["image"]>>({ subpath: text }),
};

/** There `create_host_path` is written where it is `false`. */
const mountOfCompose5 = shape<Mount>({
  ...mountFields,
  bind: shape<NonNullable<Mount["bind"]>>({ ...bindFields, create_host_path: optOut(boolean) }),
});

const port = shape<Port>({
  name: text,
  mode: text,
  host_ip: text,
  target: unsignedOf(32),
  published: text,
  protocol: text,
  app_protocol: text,
});

const serviceNetwork = shape<ServiceNetwork>({
  aliases: textList,
  driver_opts: textMap,
  gw_priority: integer,
  interface_name: text,
  ipv4_address: text,
  ipv6_address: text,
  link_local_ips: textList,
  mac_address: text,
  priority: integer,
});

const fields: Fields<Omit<Service, "name">> = {
  profiles: textList,
  annotations: textMap,
  attach: kept(boolean),
  build,
  develop,
  blkio_config: blkioConfig,
  cap_add: textList,
  cap_drop: textList,
  cgroup_parent: text,
  cgroup: text,
  cpu_count: integer,
  cpu_percent: float32,
  cpu_period: integer,
  cpu_quota: integer,
  cpu_rt_period: integer,
  cpu_rt_runtime: integer,
  cpus: float32,
  cpuset: text,
  cpu_shares: integer,
  command: shellCommand as Kind<readonly string[] | null>,
  configs: list(fileReference),
  container_name: text,
  credential_spec: withoutEffect(credentialSpec),
  depends_on: named(dependency),
  deploy,
  device_cgroup_rules: textList,
  devices: list(device),
  dns: textList,
  dns_opt: textList,
  dns_search: textList,
  domainname: text,
  entrypoint: shellCommand as Kind<readonly string[] | null>,
  provider,
  environment: environmentMap,
  expose: textList,
  external_links: textList,
  extra_hosts: hostMap,
  group_add: list(text),
  gpus: list(gpu),
  hostname: text,
  healthcheck,
  image: text,
  init: kept(boolean),
  ipc: text,
  isolation: text,
  labels: textMap,
  label_file: textList,
  links: textList,
  logging,
  mem_limit: byteSize,
  mem_reservation: byteSize,
  memswap_limit: byteSize,
  mem_swappiness: byteSize,
  mac_address: text,
  models: namedOrNull(serviceModel),
  network_mode: text,
  networks: namedOrNull(serviceNetwork),
  oom_kill_disable: boolean,
  oom_score_adj: integer,
  pid: text,
  pids_limit: integer,
  platform: text,
  ports: list(port),
  privileged: boolean,
  pull_policy: text,
  read_only: boolean,
  restart: text,
  runtime: text,
  scale: kept(integer),
  secrets: list(fileReference),
  security_opt: textList,
  shm_size: byteSize,
  stdin_open: boolean,
  stop_grace_period: kept(duration),
  stop_signal: text,
  storage_opt: namedTexts,
  sysctls: textMap,
  tmpfs: textList,
  tty: boolean,
  ulimits,
  use_api_socket: boolean,
  user: text,
  userns_mode: text,
  uts: text,
  volumes: list(shape<Mount>(mountFields)),
  volumes_from: textList,
  working_dir: text,
  pre_start: list(preStartHook),
  post_start: list(hook),
  pre_stop: list(hook),
};

export const service = shape<Omit<Service, "name">>(fields);

/** As Compose 5 writes it. */
export const serviceOfCompose5 = shape<Omit<Service, "name">>({
  ...fields,
  volumes: list(mountOfCompose5),
});
