/** Values for every attribute of a service and of what stands beside services, to be laid over each other. */
import fc from "fast-check";

type Values = fc.Arbitrary<unknown>;

const of = (...values: readonly unknown[]): Values => fc.constantFrom(...values);
const some = (item: Values, most = 3): Values =>
  fc.uniqueArray(item, { maxLength: most, selector: (each) => JSON.stringify(each) });
const part = (fields: Readonly<Record<string, Values>>, requiredKeys: string[] = []): Values =>
  fc.record(fields, { requiredKeys });
const map = (key: Values, value: Values, most = 3): Values =>
  fc.dictionary(key as fc.Arbitrary<string>, value, { maxKeys: most });

const key = of("A", "B", "C", "a.b", "k-1");
const word = of("", "x", "y", "1", "a b", "k=v", "<&>", "é", "$$x");
const single = fc.oneof(word, of(1, 0, -1, 1.5, 1e21, 0.00001, true, false, null));
const line = fc.oneof(key, fc.tuple(key, word).map(([name, value]) => `${name}=${value}`));
const pairs = fc.oneof(map(key, single), some(line));
const flag = of(true, false, "true", "false");
const amount = of(0, 1, 512, "2", "100");
const size = of("1", "64m", "1.5g", "512 MiB", 4096, "0", "1kb");
const time = of("0", "1s", "90s", "1m30s", "1h", "500ms", "1d", "2w");
const command = fc.oneof(
  of(null, "", "sh -c 'a b'", 'a "b c" d', "echo $$X"),
  some(of("sh", "-c", "", "a b"), 4),
);
const texts = (...values: readonly string[]) => some(of(...values));
const textOrTexts = (...values: readonly string[]) => fc.oneof(of(...values), texts(...values));
const service = of("db", "cache");
const file = (folder: string) =>
  some(fc.oneof(
    of("one", "two"),
    part({
      source: of("one", "two"),
      target: of(`${folder}/one`, "/run/x", "plain"),
      uid: of("5", "0"),
      gid: of("6"),
      mode: of(0o440, 288, "0400", 0),
    }, ["source"]),
  ));
const hook = part({
  command: fc.oneof(of("a b", "sh -c 'x y'"), some(of("a", "b c"))),
  user: of("me", "0"),
  privileged: flag,
  working_dir: of("/w"),
  environment: pairs,
}, ["command"]);
const limits = some(part({ path: of("/dev/a", "/dev/b"), rate: of(1, "12mb", "1k", 4096) }, ["path"]));
const device = {
  capabilities: texts("gpu", "tpu"),
  driver: of("nvidia", "cdi"),
  options: pairs,
};
const counted = fc.oneof(
  part({ ...device, count: of(1, "2", "all", -1) }, ["capabilities"]),
  part({ ...device, device_ids: texts("0", "1") }, ["capabilities"]),
);
const updates = part({
  parallelism: of(0, 1, "2"),
  delay: time,
  failure_action: of("pause", "continue"),
  monitor: time,
  max_failure_ratio: of(0, 0.5, "0.25", 1),
  order: of("start-first", "stop-first"),
});
const host = of("1.2.3.4", "::1", "[::2]", "host-gateway");

export const SERVICE: Readonly<Record<string, Values>> = {
  annotations: pairs,
  attach: flag,
  blkio_config: part({
    weight: of(10, "300", 0),
    weight_device: some(part({ path: of("/dev/a", "/dev/b"), weight: of(1, "20") }, ["path"])),
    device_read_bps: limits,
    device_read_iops: limits,
    device_write_bps: limits,
    device_write_iops: limits,
  }),
  cap_add: texts("ALL", "NET_ADMIN", "CAP_CHOWN", "chown"),
  cap_drop: texts("ALL", "NET_ADMIN"),
  cgroup: of("host", "private"),
  cgroup_parent: of("/a", "b", ""),
  command,
  configs: file(""),
  container_name: fc.nat().map((index) => `c${index}`),
  cpu_count: amount,
  cpu_percent: of(0, 50, "12.5", 100),
  cpu_period: fc.oneof(amount, of("100")),
  cpu_quota: amount,
  cpu_rt_period: amount,
  cpu_rt_runtime: amount,
  cpu_shares: amount,
  cpus: of(0, 0.5, "1.15", 2, 0.1, "3"),
  cpuset: of("0", "0-1", ""),
  credential_spec: part({ config: of("one"), file: of("a.json"), registry: of("k") }),
  depends_on: fc.oneof(
    some(service),
    map(
      service,
      part({
        condition: of("service_started", "service_healthy", "service_completed_successfully"),
        restart: flag,
        required: of(true, false),
      }, ["condition"]),
    ),
  ),
  deploy: part({
    mode: of("global", "replicated"),
    replicas: of(0, 1, "2"),
    labels: pairs,
    update_config: updates,
    rollback_config: updates,
    endpoint_mode: of("vip", "dnsrr"),
    restart_policy: part({
      condition: of("any", "none", "on-failure", ""),
      delay: time,
      max_attempts: of(0, 3, "4"),
      window: time,
    }),
    placement: part({
      constraints: texts("a==b", "c!=d"),
      preferences: some(part({ spread: of("x", "y") })),
      max_replicas_per_node: of(1, "2"),
    }),
    resources: part({
      limits: part({ cpus: of("0.5", 1, "2"), memory: of("64m", "1g"), pids: of(0, 10, "20") }),
      reservations: part({
        cpus: of("0.25"),
        memory: of("32m"),
        devices: some(counted),
        generic_resources: some(
          part({ discrete_resource_spec: part({ kind: of("a", "b"), value: of(1, 2) }) }),
        ),
      }),
    }),
  }),
  develop: fc.oneof(
    of(null),
    part({
      watch: some(part({
        path: of("./src", "/abs", "."),
        action: of("rebuild", "sync", "restart", "sync+restart", "sync+exec"),
        target: of("/t", "/t/"),
        ignore: textOrTexts("a", "b/"),
        include: textOrTexts("*.ts"),
        initial_sync: of(true, false),
        exec: hook,
      }, ["path", "action", "target", "exec"])),
    }),
  ),
  device_cgroup_rules: texts("c 1:3 mr", "a 7:* rmw"),
  devices: some(fc.oneof(
    of("/dev/a", "/dev/a:/dev/b", "/dev/a:/dev/b:r", "vendor.com/class=x"),
    part({ source: of("/dev/a"), target: of("/dev/c", "/dev/b"), permissions: of("rw") }, [
      "source",
      "target",
    ]),
  )),
  dns: textOrTexts("1.1.1.1", "8.8.8.8"),
  dns_opt: texts("use-vc", "no-tld-query"),
  dns_search: textOrTexts("a.example", "."),
  domainname: of("a.example", ""),
  entrypoint: command,
  env_file: fc.oneof(
    of("./a.env"),
    some(fc.oneof(
      of("a.env", "./b.env"),
      part({ path: of("a.env", "b.env", "none.env"), required: of(false), format: of("raw") }, [
        "path",
        "required",
      ]),
    )),
  ),
  environment: pairs,
  expose: some(of("80", 80, "81/udp", "90-92", 443)),
  external_links: texts("a", "b:c"),
  extra_hosts: fc.oneof(
    map(of("h1", "h2"), fc.oneof(host, some(host, 2))),
    some(fc.tuple(of("h1", "h2"), of("=", ":"), host).map((parts) => parts.join(""))),
  ),
  gpus: fc.oneof(of("all"), some(part({ ...device, count: of(1, "all") }))),
  group_add: some(of("video", 44, "0")),
  healthcheck: part({
    test: fc.oneof(of("curl a", "", null), of(["NONE"], ["CMD", "a"], ["CMD-SHELL", "a b"], [])),
    interval: time,
    timeout: time,
    start_period: time,
    start_interval: time,
    retries: of(0, 3, "4"),
    disable: flag,
  }),
  hostname: of("h", "h.example", ""),
  image: of("a", "b:1", "c@sha256:d", ""),
  init: flag,
  ipc: of("host", "shareable", "service:db", "none", ""),
  isolation: of("default", ""),
  label_file: textOrTexts("a.labels", "./b.labels"),
  labels: pairs,
  links: texts("db", "cache:c", "db:d"),
  logging: part({ driver: of("json-file", "local", ""), options: map(key, of("1", 2, null, "x")) }),
  mac_address: of("02:42:ac:11:00:02", ""),
  mem_limit: size,
  mem_reservation: of("1m", "32m", 64),
  mem_swappiness: of(0, 60, "10"),
  memswap_limit: of("128m", -1, "2g"),
  network_mode: of("none", "host", "bridge", "service:db", "container:x", ""),
  networks: fc.oneof(
    some(of("one", "two", "default")),
    map(
      of("one", "two"),
      fc.oneof(
        of(null),
        part({
          aliases: texts("a", "b", "c"),
          driver_opts: map(key, of("1", 2, "x")),
          gw_priority: of(0, 1, -1),
          interface_name: of("eth7"),
          ipv4_address: of("10.0.0.2"),
          ipv6_address: of("2001:db8::2"),
          link_local_ips: texts("169.254.8.8"),
          mac_address: of("02:42:ac:11:00:05"),
          priority: of(0, 100),
        }),
      ),
    ),
  ),
  oom_kill_disable: flag,
  oom_score_adj: of(0, -500, "100"),
  pid: of("host", "service:db", ""),
  pids_limit: of(0, -1, 100, "50"),
  platform: of("linux/amd64", ""),
  ports: some(fc.oneof(
    of("80", 80, "80:80", "127.0.0.1:80:80", "81:80/udp", "90-91:90-91", ":82", "[::1]:83:83"),
    part({
      target: of(80, "90"),
      published: of("80", 81, "8000-8001"),
      host_ip: of("127.0.0.1"),
      protocol: of("tcp", "udp"),
      mode: of("host", "ingress"),
      name: of("web"),
      app_protocol: of("http"),
    }, ["target"]),
  )),
  post_start: some(hook),
  pre_stop: some(hook),
  privileged: flag,
  profiles: texts("p", "q"),
  pull_policy: of("always", "never", "missing", "if_not_present", "daily", "every_12h"),
  pull_refresh_after: of("1h"),
  read_only: flag,
  restart: of("no", "always", "on-failure:3", "unless-stopped", ""),
  runtime: of("runc", ""),
  scale: of(0, 1, "2", 3),
  secrets: file("/run/secrets"),
  security_opt: texts("no-new-privileges:true", "label=disable", "systempaths=unconfined"),
  shm_size: size,
  stdin_open: flag,
  stop_grace_period: time,
  stop_signal: of("SIGTERM", "9", ""),
  storage_opt: map(of("size", "x"), of("1G", "2")),
  sysctls: pairs,
  tmpfs: textOrTexts("/t", "/u:size=64k", "/t:mode=700"),
  tty: flag,
  ulimits: map(
    of("nofile", "nproc"),
    fc.oneof(of(0, 1, "1024", -1), part({ soft: of(1, "2"), hard: of(3, -1) }, ["soft", "hard"])),
  ),
  use_api_socket: of(true, false),
  user: of("me", "1000:1000", ""),
  userns_mode: of("host", ""),
  uts: of("host", ""),
  volumes: some(fc.oneof(
    fc.tuple(
      of("./a", "../b", "/abs", "named", "~/h", "$$x"),
      of("/t1", "/t2", "/t1/"),
      of("", ":ro", ":z", ":rw"),
    ).map((
      parts,
    ) => `${parts[0]}:${parts[1]}${parts[2]}`),
    of("/anonymous", "/t1"),
    part({
      type: of("bind"),
      source: of("./a", "b", "/abs"),
      target: of("/t1", "/t3"),
      read_only: flag,
      consistency: of("cached"),
      bind: part({
        propagation: of("rslave"),
        create_host_path: flag,
        selinux: of("z", "Z"),
        recursive: of("enabled", "disabled"),
      }),
    }, ["type", "source", "target"]),
    part({
      type: of("volume"),
      source: of("named", "other"),
      target: of("/t1", "/t2"),
      volume: part({ nocopy: flag, subpath: of("s"), labels: pairs }),
    }, ["type", "target"]),
    part({
      type: of("tmpfs"),
      target: of("/t2"),
      tmpfs: part({ size: of(1, "64m", "0"), mode: of(0o755, 1) }),
    }, [
      "type",
      "target",
    ]),
    part({ type: of("image"), source: of("a:1"), target: of("/t4"), image: part({ subpath: of("s") }) }, [
      "type",
      "source",
      "target",
    ]),
  )),
  volumes_from: texts("db", "cache:ro", "container:x", "container:y:ro"),
  working_dir: of("/w", ""),
  "x-own": fc.oneof(single, map(key, single), some(single)),
};

const options = map(key, of("1", 2, "x", 1.5));

export const NETWORK: Readonly<Record<string, Values>> = {
  attachable: flag,
  driver: of("bridge", "overlay", ""),
  driver_opts: options,
  enable_ipv4: flag,
  enable_ipv6: flag,
  internal: flag,
  ipam: part({
    driver: of("default"),
    options: map(key, word),
    config: some(part({
      subnet: of("10.0.0.0/24", "10.1.0.0/24"),
      ip_range: of("10.0.0.0/25"),
      gateway: of("10.0.0.1"),
      aux_addresses: map(key, of("10.0.0.9")),
    })),
  }),
  labels: pairs,
  name: of("n", "m"),
  "x-own": single,
};

export const VOLUME: Readonly<Record<string, Values>> = {
  driver: of("local", "nfs", ""),
  driver_opts: fc.oneof(options, of({ type: "none", o: "bind", device: "./d" })),
  labels: pairs,
  name: of("n", "m"),
  "x-own": single,
};

export const CONFIG: Readonly<Record<string, Values>> = {
  content: of("a", "b\nc"),
  file: of("./f", "/abs"),
  environment: of("HOME"),
  labels: pairs,
  name: of("n", "m"),
};

export const SECRET: Readonly<Record<string, Values>> = {
  file: of("./f", "/abs"),
  environment: of("HOME"),
  labels: pairs,
  name: of("n", "m"),
};
