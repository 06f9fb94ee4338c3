/** Further stacks that run, more of them than one file holds. */
import { type IdempotenceCase, services, web } from "./idempotence_case.ts";

export const RUNNING_CASES: readonly IdempotenceCase[] = [
  web("name spaces of the machine", "pid: host\nuts: host\nipc: host\nuserns_mode: host\ncgroup: host"),
  web("name spaces of its own", "ipc: shareable\ncgroup: private"),
  web("shares of the processor", "cpu_period: 100000\ncpu_quota: 50000\ncpuset: '0'\ncpu_shares: 100"),
  web(
    "who goes first when memory is short",
    "oom_score_adj: 100\noom_kill_disable: false\nmemswap_limit: -1\nmem_limit: 64m",
  ),
  web("open system paths", "security_opt: [systempaths=unconfined, 'seccomp:./profile.json']", "", {
    "profile.json": `{ "defaultAction": "SCMP_ACT_ALLOW" }\n`,
  }),
  web("runtime and process limit", "runtime: runc\npids_limit: -1"),
  web("options of name resolution", "dns_opt: [use-vc, ndots:2]\ndns_search: [a.example.org, b.example.org]"),
  web("no log", "logging: {driver: none}"),
  web(
    "several tmpfs",
    "volumes: [{type: tmpfs, target: /a}, {type: tmpfs, target: /b, tmpfs: {mode: 0o700}}]\ntmpfs: /run:mode=755",
  ),
  web(
    "bind mounts with options",
    `volumes:
  - {type: bind, source: ., target: /a, read_only: true, bind: {propagation: rprivate, create_host_path: true}}
  - {type: bind, source: ., target: /b, bind: {create_host_path: false}}
  - {type: bind, source: ., target: /c, read_only: true, bind: {recursive: disabled}}`,
  ),
  web(
    "one volume twice",
    "volumes: ['data:/a', 'data:/b:ro', 'data:/c:nocopy']",
    "volumes: {data: {driver: local}}\n",
  ),
  web("a mounted image", "volumes: [{type: image, source: $OTHER, target: /image, image: {subpath: bin}}]"),
  web(
    "a secret from a variable",
    "secrets: [{source: key, target: /key, mode: 0400}]",
    "secrets: {key: {environment: TOKEN}}\n",
    {
      ".env": "TOKEN=t0ken\n",
    },
  ),
  web("a base in another file", "extends: {file: base.yml, service: base}\nlabels: [l=web]", "", {
    "base.yml":
      "services: {base: {image: none, environment: {A: '1'}, labels: {l: base, m: base}, volumes: ['./b:/b']}}\n",
  }),
  web("labels from a file", "label_file: [web.labels]\nlabels: {own: '1'}", "", {
    "web.labels": "a=1\nown=0\n",
  }),
  web("variables as they are", "env_file: [{path: raw.env, format: raw}]", "", {
    "raw.env": "A='$B' # no comment\n",
  }),
  web("two documents", "hostname: one", "---\nservices: {web: {hostname: two, environment: [A=1]}}\n"),
  services(
    "a profile that .env enables",
    "web: {image: $IMAGE, network_mode: none, profiles: [on]}\n off: {image: $IMAGE, profiles: [off]}",
    "",
    {
      ".env": "COMPOSE_PROFILES=on\n",
    },
  ),
  services(
    "an included file",
    "web: {image: $IMAGE, network_mode: none, depends_on: [app]}",
    "include: [part/app.yml]\n",
    {
      "part/app.yml":
        "services: {app: {image: $OTHER, network_mode: none, env_file: app.env, volumes: ['./here:/here']}}\n",
      "part/app.env": "A=1\n",
    },
  ),
  services(
    "an optional dependency",
    "web: {image: $IMAGE, network_mode: none, depends_on: {off: {condition: service_started, required: false}}}\n off: {image: $IMAGE, profiles: [off]}",
  ),
  services(
    "the engine's own network",
    "web: {image: $IMAGE, network_mode: bridge, ports: ['127.0.0.1::80', '81'], expose: ['82/udp', 90-91]}",
  ),
  services(
    "gateways and names of interfaces",
    "web: {image: $IMAGE, networks: {a: {gw_priority: 5, interface_name: eth7}, b: {mac_address: '02:42:ac:11:65:43', driver_opts: {com.docker.network.endpoint.sysctls: net.ipv4.conf.IFNAME.log_martians=1}}}}",
    "networks: {a: {ipam: {config: [{subnet: 10.214.7.0/24}]}}, b: {ipam: {config: [{subnet: 10.214.8.0/24}]}}}\n",
  ),
  services(
    "replicas on a network",
    "web: {image: $IMAGE, scale: 2, networks: {net: {aliases: [both]}}}\n db: {image: $IMAGE, networks: [net], links: [web]}",
    "networks: {net: {ipam: {config: [{subnet: 10.214.9.0/24}]}}}\n",
  ),
  services(
    "volumes of several others",
    "a: {image: $IMAGE, network_mode: none, volumes: [/a]}\n b: {image: $OTHER, network_mode: none, volumes: ['data:/b'], volumes_from: [a]}\n c: {image: $IMAGE, network_mode: none, volumes_from: [b]}",
    "volumes: {data: {labels: [a=b]}}\n",
  ),
];
