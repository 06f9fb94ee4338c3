/** Parity cases of each attribute. */
import { HARDWARE_CASES, OLDER_API_CASES } from "./hardware_cases.ts";
import { networked, type ParityCase, web, whole } from "./body_case.ts";

export const PARITY_CASES: readonly ParityCase[] = [
  web(
    "an image that is built for one platform",
    `platform: linux/amd64\nbuild: {context: ., platforms: [linux/amd64]}`,
  ),
  web("nothing but an image", ""),
  web("command as text", `command: sleep "1 h" 'x y'`),
  web("command as a list", `command: ["sh", "-c", "echo $$HOME"]`),
  web("empty command and entrypoint", "command: []\nentrypoint: []"),
  web("entrypoint", `entrypoint: sh -c\ncommand: ["true"]`),
  web("environment as a map", `environment: {A: "1", B: two, N: 3, T: true, EMPTY: "", UNSET: }`),
  web("environment as a list", `environment: ["A=1", "B=a=b", "C"]`),
  web(
    "environment from a file",
    "env_file: [a.env, {path: none.env, required: false}]\nenvironment: {B: over}",
    "",
    {
      "a.env": "A=1\nB=2\nC='x y'\n",
    },
  ),
  web(
    "who it runs as",
    `user: "1000:1000"\ngroup_add: ["44", audio]\nworking_dir: /tmp\nhostname: box\ndomainname: example.org`,
  ),
  web("terminal and input", "tty: true\nstdin_open: true"),
  web("stop signal and grace", "stop_signal: SIGINT\nstop_grace_period: 1m30s"),
  web("stop grace below a second", "stop_grace_period: 500ms"),
  web("labels as a map", `labels: {a: "1", b: two, c: ""}`),
  web("labels as a list", `labels: ["a=1", "b"]`),
  web("labels from files", `label_file: [a.labels, b.labels]\nlabels: {own: "1"}`, "", {
    "a.labels": "a=1\nown=0\n",
    "b.labels": "b=${a}\na=2\n",
  }),
  web("a watched path", `develop: {watch: [{path: ., action: rebuild}]}`),
  whole(
    "a service that extends another",
    `
services:
  web: {extends: {file: base.yml, service: base}, environment: {B: "2"}, labels: [l=web], volumes: ["./w:/w"]}
  child: {extends: web, command: !override [sleep, "2"]}
`,
    {
      "base.yml":
        `services: {base: {image: $IMAGE, network_mode: none, command: [sleep, "1"], environment: {A: "1"}, labels: {l: base}, volumes: ["./b:/b:ro"]}}\n`,
    },
  ),
  whole(
    "an included file",
    `include: [inc.yml]\nservices: {web: {image: $IMAGE, depends_on: [app], networks: [n]}}\n`,
    {
      "inc.yml":
        `services: {app: {image: $IMAGE, networks: {n: {aliases: [a]}}}}\nnetworks: {n: {labels: {a: b}}}\n`,
    },
  ),
  web("annotations", `annotations: {com.example.a: "1"}`),
  web("restart always", "restart: always"),
  web("restart on failure, counted", "restart: on-failure:3"),
  web("restart no", `restart: "no"`),
  web(
    "restart policy of deploy",
    "restart: always\ndeploy: {restart_policy: {condition: on-failure, max_attempts: 2, delay: 5s}}",
  ),
  web("restart policy any", "deploy: {restart_policy: {condition: any}}"),
  web("restart policy none", "deploy: {restart_policy: {condition: none}}"),
  web("restart policy without a condition", "deploy: {restart_policy: {max_attempts: 2}}"),
  web(
    "health check as text",
    "healthcheck: {test: curl -f localhost, interval: 1m30s, timeout: 10s, retries: 3, start_period: 40s, start_interval: 5s}",
  ),
  web("health check as a list", `healthcheck: {test: ["CMD", "true"]}`),
  web("health check off", "healthcheck: {disable: true}"),
  web("health check NONE", `healthcheck: {test: ["NONE"]}`),
  web(
    "capabilities and privileges",
    "cap_add: [NET_ADMIN, sys_time, ALL]\ncap_drop: [CAP_CHOWN]\nprivileged: true",
  ),
  web(
    "security options",
    `security_opt: ["no-new-privileges:true", "apparmor=unconfined", "label:disable", "seccomp=unconfined"]`,
  ),
  web("unconfined system paths", `security_opt: ["systempaths=unconfined"]`),
  web("seccomp profile", `security_opt: ["seccomp:./profile.json"]`, "", {
    "profile.json": `{ "defaultAction": "SCMP_ACT_ALLOW",\n  "architectures": [ "SCMP_ARCH_X86_64" ] }\n`,
  }),
  web(
    "name spaces",
    "ipc: shareable\npid: host\nuts: host\nuserns_mode: host\ncgroup: private\ncgroup_parent: /docker",
  ),
  web(
    "memory",
    "mem_limit: 64m\nmem_reservation: 32m\nmemswap_limit: 128m\nmem_swappiness: 10\noom_kill_disable: true\noom_score_adj: -100",
  ),
  web("memory without swap limit", "mem_limit: 1gb\nmemswap_limit: -1"),
  web("processors", "cpus: 0.3\ncpu_shares: 512\ncpuset: 0-1"),
  web("processors as text", `cpus: "1.15"`),
  web("processor periods", "cpu_period: 100000\ncpu_quota: 50000"),
  web("real-time processors", "cpu_rt_period: 1000\ncpu_rt_runtime: 950"),
  web("processor counts", "cpu_count: 2\ncpu_percent: 12"),
  web("process limit", "pids_limit: 100"),
  web("no process limit", "pids_limit: -1"),
  web(
    "resources of deploy",
    `deploy:
  resources:
    limits: {cpus: "0.57", memory: 128M, pids: 50}
    reservations: {cpus: "0.2", memory: 20M}`,
  ),
  web("resource limits alone", "deploy: {resources: {limits: {memory: 1G}}}"),
  web("ulimits", "ulimits: {nproc: 65535, nofile: {soft: 20000, hard: 40000}}"),
  web(
    "devices",
    `devices: ["/dev/null", "/dev/zero:/dev/nil:r", "/dev/full:/dev/f"]\ndevice_cgroup_rules: ["c 1:3 mr"]`,
  ),
  web("CDI devices", `devices: ["vendor.com/class=device"]`),
  web("sysctls and shared memory", "sysctls: {net.core.somaxconn: 1024}\nshm_size: 128m"),
  web("init and read-only root", "init: true\nread_only: true"),
  web("no init", "init: false"),
  web("runtime and isolation", "runtime: runc\nisolation: default"),
  web("storage options", "storage_opt: {size: 1G}"),
  web("logging", `logging: {driver: json-file, options: {max-size: "10m", max-file: 3}}`),
  web("logging off", "logging: {driver: none}"),
  web("tmpfs as text", "tmpfs: /run"),
  web("tmpfs with options", `tmpfs: ["/run:size=64k,mode=755", /tmp]`),
  web(
    "names and addresses of others",
    `extra_hosts: ["a=192.0.2.1", "b:192.0.2.2", "host.docker.internal:host-gateway"]`,
  ),
  web("two addresses of one name", `extra_hosts: {a: ["192.0.2.1", "192.0.2.2"], six: "2001:db8::1"}`),
  web("dns", "dns: [192.0.2.53, 192.0.2.54]\ndns_search: example.org\ndns_opt: [use-vc, no-tld-query]"),
  web("container name", "container_name: $PROJECT-mine"),
  web("platform", "platform: linux/amd64"),
  web("scale", "scale: 2"),
  web("replicas", "deploy: {replicas: 2, mode: replicated, labels: {x: y}}"),
  web("exposed ports", `expose: ["3000", 8000, "9000/udp"]`),
  networked(
    "published ports",
    `network_mode: bridge
ports: ["80", "127.0.0.1::81", "127.0.0.1:18082:82", "127.0.0.1:18083:83/udp", "0.0.0.0:18084-18085:84-85"]`,
  ),
  networked(
    "published ports, long form",
    `network_mode: bridge
ports:
  - {target: 80, published: "18080-18089", host_ip: 127.0.0.1, protocol: tcp}
  - {target: 80, published: 18090, mode: host, name: web, app_protocol: http}
  - {target: 81}`,
  ),
  networked("IPv6 host address", `network_mode: bridge\nports: ["[::1]:18080:80"]`),
  web("bind mounts", `volumes: ["./data:/data", "/etc:/host:ro", "./a:/a:z", "./b:/b:ro,Z"]`),
  web(
    "bind mount that must be there",
    `volumes: [{type: bind, source: ., target: /x, bind: {create_host_path: false}}]`,
  ),
  web(
    "bind mounts, long form",
    `volumes:
  - {type: bind, source: ./long, target: /long}
  - {type: bind, source: ., target: /opts, read_only: true, bind: {propagation: rshared, create_host_path: true}}
  - {type: bind, source: ., target: /rec, read_only: true, bind: {recursive: disabled, create_host_path: true}}
  - {type: bind, source: ., target: /wri, read_only: true, bind: {recursive: writable, create_host_path: true}}
  - {type: bind, source: ., target: /ro, read_only: true, bind: {recursive: readonly, propagation: rprivate}}`,
  ),
  web(
    "named volumes",
    `volumes: ["data:/data", "data:/again:ro", {type: volume, source: other, target: /other}]`,
    "volumes:\n  data:\n  other:\n",
  ),
  web(
    "named volumes with options",
    `volumes:
  - data:/a:nocopy
  - {type: volume, source: data, target: /b, volume: {nocopy: true}}
  - {type: volume, source: data, target: /c, volume: {subpath: x/y}}
  - {type: volume, source: data, target: /d, read_only: true, volume: {labels: {a: b}}}`,
    "volumes:\n  data:\n",
  ),
  web("anonymous volumes", `volumes: ["/anonymous", {type: volume, target: /another}]`),
  web(
    "tmpfs mounts",
    `volumes:
  - {type: tmpfs, target: /a}
  - {type: tmpfs, target: /b, tmpfs: {size: 1m, mode: 0o700}}
  - {type: tmpfs, target: /c, tmpfs: {mode: 1777}}`,
  ),
  web(
    "volumes with drivers and labels",
    `volumes: ["data:/data", "named:/named"]`,
    `volumes:
  data:
    driver: local
    driver_opts: {type: tmpfs, device: tmpfs, o: "size=1m"}
    labels: {a: b}
  named:
    name: $PROJECT-named
    labels: ["c=d"]
`,
  ),
  web(
    "configs and secrets from files",
    `secrets: [key, {source: key, target: other, mode: 0400}, {source: key, target: /abs}]
configs: [conf, {source: conf, target: /etc/conf}]`,
    "secrets:\n  key: {file: ./key}\nconfigs:\n  conf: {file: ./conf}\n",
    {
      key: "k",
      conf: "c",
    },
  ),
  web(
    "configs and secrets by content",
    `secrets: [{source: key, uid: "1000", mode: 0400}]
configs: [{source: conf, target: /etc/conf}, inline]`,
    `secrets:
  key: {environment: COMPOSE_PROJECT_NAME}
configs:
  conf: {environment: COMPOSE_PROJECT_NAME}
  inline: {content: "a $$b"}
`,
  ),
  networked("default network", "hostname: box"),
  networked(
    "several networks",
    `networks:
  back: {aliases: [db, database], priority: 100, driver_opts: {com.docker.network.driver.mtu: "1400"}}
  front: {ipv4_address: 10.213.7.10, mac_address: "02:42:ac:11:65:43"}
  third:`,
    `networks:
  back: {ipam: {config: [{subnet: 10.213.6.0/24}]}}
  front: {ipam: {config: [{subnet: 10.213.7.0/24, gateway: 10.213.7.1, ip_range: 10.213.7.128/25, aux_addresses: {nas: 10.213.7.5}}]}}
  third: {ipam: {config: [{subnet: 10.213.8.0/24}]}}
`,
  ),
  networked(
    "network settings",
    "networks: [net]",
    `networks:
  net:
    name: $PROJECT-net
    driver: bridge
    internal: true
    attachable: true
    enable_ipv6: true
    enable_ipv4: true
    driver_opts: {com.docker.network.bridge.enable_icc: "false", n: 1}
    labels: {a: b}
    ipam: {driver: default, config: [{subnet: 10.213.9.0/24}, {subnet: "fd00:213::/64"}]}
`,
  ),
  networked(
    "MAC address of the service",
    `mac_address: "02:42:ac:11:65:44"\nnetworks: {b: , a: {priority: 1}}`,
    `networks:
  a: {ipam: {config: [{subnet: 10.213.10.0/24}]}}
  b: {ipam: {config: [{subnet: 10.213.11.0/24}]}}
`,
  ),
  networked(
    "interface name, gateway priority, link-local addresses",
    `networks:
  a: {interface_name: eth7, gw_priority: 5, link_local_ips: [169.254.8.1]}
  b: {interface_name: eth8}`,
    `networks:
  a: {ipam: {config: [{subnet: 10.213.12.0/24}]}}
  b: {ipam: {config: [{subnet: 10.213.13.0/24}]}}
`,
  ),
  networked("host network", "network_mode: host"),
  networked("host network and exposed ports", `network_mode: host\nexpose: ["1"]`),
  whole(
    "dependencies",
    `
services:
  db: {image: $IMAGE, network_mode: none, healthcheck: {test: "true"}}
  job: {image: $IMAGE, network_mode: none}
  web:
    image: $IMAGE
    network_mode: none
    depends_on:
      db: {condition: service_healthy, restart: true}
      job: {condition: service_completed_successfully, required: false}
`,
  ),
  whole(
    "name spaces and volumes of other services",
    `
services:
  vpn: {image: $IMAGE, network_mode: none, ipc: shareable, volumes: [/shared]}
  app:
    image: $IMAGE
    network_mode: service:vpn
    ipc: service:vpn
    pid: service:vpn
    volumes_from: [vpn]
`,
  ),
  whole(
    "links",
    `
services:
  db: {image: $IMAGE, scale: 2}
  web: {image: $IMAGE, links: [db, "db:database"]}
networks:
  default: {ipam: {config: [{subnet: 10.213.14.0/24}]}}
`,
  ),
  whole(
    "anchors and extension fields",
    `
x-base: &base
  image: $IMAGE
  network_mode: none
  environment: &env {A: "1"}
services:
  one: {<<: *base, x-mine: 1}
  two: {<<: *base, environment: {<<: *env, B: "2"}}
`,
  ),
  ...HARDWARE_CASES,
  ...OLDER_API_CASES,
];
