import {
  blkioConfig,
  build,
  credentialSpec,
  develop,
  gpus,
  hook,
  provider,
  serviceModels,
} from "./service_extras.ts";
import { deploy } from "./deploy.ts";
import { dependsOn, envFile, fileReferences, serviceNetworks, serviceVolume } from "./service_parts.ts";
import {
  amount,
  ANY_NAME,
  attributes,
  choice,
  command,
  flag,
  list,
  NAME,
  names,
  nothing,
  ONE_LINE,
  oneOf,
  openNames,
  pairs,
  type Rule,
  scalar,
  set,
  text,
  textOrTexts,
  texts,
  whole,
  within,
} from "./rule.ts";

export const extraHosts: Rule = choice(names(ANY_NAME, choice(text, list(text))), texts);

const limit = choice(whole, attributes({ hard: whole, soft: whole }, { required: ["soft", "hard"] }));

export const ulimits: Rule = openNames(/^[a-z]+$/, limit);

const healthcheck = attributes({
  disable: flag,
  interval: text,
  retries: amount,
  start_interval: text,
  start_period: text,
  test: choice(text, list(text)),
  timeout: text,
});

const port = choice(
  amount,
  attributes({
    app_protocol: text,
    host_ip: text,
    mode: text,
    name: text,
    protocol: text,
    published: whole,
    target: whole,
  }),
);

const device = choice(
  text,
  attributes({ permissions: text, source: text, target: text }, { required: ["source"] }),
);

const logging = attributes({
  driver: text,
  options: openNames(ONE_LINE, scalar("string", "number", "null")),
});

const pullPolicy: Rule = {
  ...text,
  pattern: /always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+/,
  wants: "always, never, missing, if_not_present, build, daily, weekly or every_<duration>",
};

const containerName: Rule = {
  ...text,
  pattern: /[a-zA-Z0-9][a-zA-Z0-9_.-]+/,
  wants: "a name of at least two letters, digits, . _ or -",
};

export const service: Rule = attributes({
  annotations: pairs,
  attach: flag,
  blkio_config: blkioConfig,
  build: build(extraHosts, ulimits),
  cap_add: texts,
  cap_drop: texts,
  cgroup: oneOf("host", "private"),
  cgroup_parent: text,
  command,
  configs: fileReferences,
  container_name: containerName,
  cpu_count: within(0),
  cpu_percent: within(0, 100),
  cpu_period: amount,
  cpu_quota: amount,
  cpu_rt_period: amount,
  cpu_rt_runtime: amount,
  cpu_shares: amount,
  cpus: amount,
  cpuset: text,
  credential_spec: credentialSpec,
  depends_on: dependsOn,
  deploy,
  develop,
  device_cgroup_rules: texts,
  devices: list(device),
  dns: textOrTexts,
  dns_opt: texts,
  dns_search: textOrTexts,
  domainname: text,
  entrypoint: command,
  env_file: envFile,
  environment: pairs,
  expose: set(amount),
  extends: choice(text, attributes({ file: text, service: text }, { required: ["service"], others: "none" })),
  external_links: texts,
  extra_hosts: extraHosts,
  gpus,
  group_add: set(amount),
  healthcheck,
  hostname: text,
  image: text,
  init: flag,
  ipc: text,
  isolation: text,
  label_file: choice(text, list(text)),
  labels: pairs,
  links: texts,
  logging,
  mac_address: text,
  mem_limit: amount,
  mem_reservation: whole,
  mem_swappiness: whole,
  memswap_limit: amount,
  models: serviceModels,
  network_mode: text,
  networks: serviceNetworks,
  oom_kill_disable: flag,
  oom_score_adj: within(-1000, 1000),
  pid: scalar("string", "null"),
  pids_limit: amount,
  platform: text,
  ports: set(port),
  post_start: list(hook),
  pre_stop: list(hook),
  privileged: flag,
  profiles: texts,
  provider,
  pull_policy: pullPolicy,
  pull_refresh_after: text,
  read_only: flag,
  restart: text,
  runtime: text,
  scale: whole,
  secrets: fileReferences,
  security_opt: texts,
  shm_size: amount,
  stdin_open: flag,
  stop_grace_period: text,
  stop_signal: text,
  storage_opt: openNames(/(?!)/, nothing),
  sysctls: pairs,
  tmpfs: textOrTexts,
  tty: flag,
  ulimits,
  use_api_socket: scalar("boolean"),
  user: text,
  userns_mode: text,
  uts: text,
  volumes: set(serviceVolume),
  volumes_from: texts,
  working_dir: text,
});

export const services: Rule = names(NAME, service);
