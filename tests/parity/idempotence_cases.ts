/** Stacks that both tools deploy, attribute by attribute. */
import { type IdempotenceCase, services, web } from "./idempotence_case.ts";
import { RUNNING_CASES } from "./running_cases.ts";

export const IDEMPOTENCE_CASES: readonly IdempotenceCase[] = [
  web("nothing but an image", ""),
  web("command and entrypoint", `entrypoint: [sh, -c]\ncommand: ["sleep 600 && echo $$HOME"]`),
  web("environment", `environment: {A: "1", B: "<&>", C: , D: "a=b", E: "ü ☃", F: 1e3, G: 0.10}`),
  web(
    "environment from files",
    "env_file: [a.env, {path: no.env, required: false}]\nenvironment: [B=over]",
    "",
    {
      "a.env": "A=1\nB='two words'\nC=\"x\\ny\"\n",
    },
  ),
  web("variables of .env", `environment: {A: "\${A}", B: "\${B:-none}"}\nlabels: {l: "\${A}-\${B-x}"}`, "", {
    ".env": "A='from env'\n",
  }),
  web("labels and annotations", `labels: [a=1, b, "c=x=y"]\nannotations: {com.example.a: "1"}`),
  web(
    "limits of memory and processor",
    "mem_limit: 64m\nmem_reservation: 32M\ncpus: 0.3\npids_limit: 50\ncpu_shares: 512",
  ),
  web(
    "limits of deploy",
    "deploy: {resources: {limits: {cpus: '0.25', memory: 50M, pids: 20}, reservations: {memory: 20M}}}",
  ),
  web("restart policy", "restart: unless-stopped"),
  web(
    "restart policy of deploy",
    "deploy: {restart_policy: {condition: on-failure, max_attempts: 3, delay: 5s}}",
  ),
  web(
    "capabilities and security",
    "cap_add: [NET_ADMIN]\ncap_drop: [ALL]\nsecurity_opt: [no-new-privileges:true]\nread_only: true",
  ),
  web("privileged", "privileged: true"),
  web(
    "who it runs as",
    `user: "1000:1000"\ngroup_add: ["44"]\nhostname: box\ndomainname: example.org\nworking_dir: /log`,
  ),
  web("terminal and input", "tty: true\nstdin_open: true\ninit: false"),
  web("signals and grace", "stop_signal: SIGINT\nstop_grace_period: 1m30s"),
  web(
    "a health check",
    "healthcheck: {test: [CMD, 'true'], interval: 1s, timeout: 500ms, retries: 3, start_period: 1s}",
  ),
  web("a disabled health check", "healthcheck: {disable: true}"),
  web("tmpfs and shared memory", "tmpfs: [/run, '/cache:size=1m']\nshm_size: 16m"),
  web(
    "ulimits and sysctls",
    "ulimits: {nofile: {soft: 1000, hard: 2000}, nproc: 100}\nsysctls: {net.core.somaxconn: 1024}",
  ),
  web("logging", "logging: {driver: json-file, options: {max-size: 1m, max-file: '2'}}"),
  web(
    "extra hosts and name servers",
    "extra_hosts: ['a:10.0.0.1', 'b=::1']\ndns: [10.0.0.53]\ndns_search: [example.org]",
  ),
  web("devices", "devices: ['/dev/null:/dev/mine:rw']\ndevice_cgroup_rules: ['c 1:3 mr']"),
  web("container_name", "container_name: $PROJECT-mine"),
  web(
    "hooks",
    "post_start: [{command: 'true', environment: {A: 1}}]\npre_stop: [{command: [sleep, '0'], user: '0'}]",
  ),
  web("pull policy", "pull_policy: never"),
  web("platform", "platform: linux/amd64"),
  web("a named volume", "volumes: [data:/data]", "volumes:\n  data:\n"),
  web(
    "a named volume with labels and driver options",
    "volumes: ['data:/data:ro']",
    `volumes:
  data:
    name: $PROJECT-own
    labels: {a: b}
    driver_opts: {type: tmpfs, device: tmpfs, o: size=1m}
`,
  ),
  web("anonymous volumes", "volumes: [/one, {type: volume, target: /two}]"),
  web(
    "volumes in long form",
    `volumes:
  - {type: volume, source: data, target: /data, volume: {nocopy: true}}
  - {type: tmpfs, target: /t, tmpfs: {size: 1m, mode: 0o1777}}
  - {type: bind, source: ./here, target: /here, read_only: true, bind: {create_host_path: true}}`,
    "volumes: {data: }\n",
  ),
  web("bind mounts", "volumes: ['./site:/site:ro', './file:/file']", "", { file: "text\n" }),
  web(
    "secrets and configs from files",
    "secrets: [key, {source: key, target: other}]\nconfigs: [{source: conf, target: /etc/conf}]",
    "secrets: {key: {file: ./key}}\nconfigs: {conf: {file: ./conf}}\n",
    { key: "k", conf: "c" },
  ),
  web(
    "secrets and configs from text",
    "configs: [{source: conf, target: /etc/conf, mode: 0440, uid: '1', gid: '2'}]",
    "configs: {conf: {content: 'hello ${PWD:+there}'}}\n",
  ),
  web("replicas", "deploy: {replicas: 3}"),
  web("scale", "scale: 2\nenvironment: {A: b}"),
  services(
    "a service without replicas beside another",
    "web: {image: $IMAGE, network_mode: none, scale: 0}\n api: {image: $IMAGE, network_mode: none}",
  ),
  services(
    "the default network",
    "web: {image: $IMAGE}\ndb: {image: $OTHER}",
    "networks: {default: {ipam: {config: [{subnet: 10.214.1.0/24}]}}}\n",
  ),
  services(
    "networks with aliases, addresses and priorities",
    `web: {image: $IMAGE, networks: {front: {aliases: [www, api], priority: 10}, back: {ipv4_address: 10.214.3.9}}}
    db: {image: $IMAGE, networks: [back]}`,
    `networks:
  front: {ipam: {config: [{subnet: 10.214.2.0/24, gateway: 10.214.2.1, ip_range: 10.214.2.128/25}]}}
  back: {internal: true, name: $PROJECT-back, labels: {a: b}, ipam: {config: [{subnet: 10.214.3.0/24}]}}
`,
  ),
  services(
    "IPv6, MAC address and options of a driver",
    "web: {image: $IMAGE, mac_address: '02:42:ac:11:00:09', networks: {net: {ipv6_address: 'fd00:214::9'}}}",
    `networks:
  net: {enable_ipv6: true, attachable: true, driver_opts: {com.docker.network.bridge.enable_icc: "false"}, ipam: {config: [{subnet: 10.214.4.0/24}, {subnet: 'fd00:214::/64'}]}}
`,
  ),
  services(
    "published ports",
    "web: {image: $IMAGE, ports: ['127.0.0.1::80', {target: 81, host_ip: 127.0.0.1, protocol: udp}], expose: [9000]}",
    "networks: {default: {ipam: {config: [{subnet: 10.214.5.0/24}]}}}\n",
  ),
  services(
    "links",
    "web: {image: $IMAGE, links: ['db:database', db]}\ndb: {image: $IMAGE}",
    "networks: {default: {ipam: {config: [{subnet: 10.214.6.0/24}]}}}\n",
  ),
  services("the host's network", "web: {image: $IMAGE, network_mode: host, pid: host, ipc: host, uts: host}"),
  {
    ...services(
      "namespaces and volumes of another service",
      `vpn: {image: $IMAGE, network_mode: none, ipc: shareable, volumes: [/shared]}
    web: {image: $IMAGE, network_mode: 'service:vpn', pid: 'service:vpn', ipc: 'service:vpn'}
    log: {image: $IMAGE, network_mode: none, volumes_from: ['vpn:ro']}`,
    ),
    meant: "volumes-from-mode",
  },
  services(
    "dependencies that wait",
    `db: {image: $IMAGE, network_mode: none, healthcheck: {test: 'true', interval: 200ms}}
    job: {image: $IMAGE, network_mode: none, command: 'true'}
    web: {image: $IMAGE, network_mode: none, depends_on: {db: {condition: service_healthy, restart: true}, job: {condition: service_completed_successfully}}}
    end: {image: $IMAGE, network_mode: none, depends_on: [web]}`,
  ),
  services(
    "profiles",
    `web: {image: $IMAGE, network_mode: none}
    debug: {image: $IMAGE, network_mode: none, profiles: [debug]}`,
  ),
  {
    name: "anchors, extensions and merge keys",
    file: `x-base: &base {image: $IMAGE, network_mode: none, environment: {A: "1"}}
services:
  web: {<<: *base, labels: {a: b}, x-note: 1}
  api: {<<: *base, environment: {B: "2"}}
`,
  },
  {
    name: "an override file",
    file:
      `services: {web: {image: $IMAGE, network_mode: none, environment: {A: "1", B: "1"}, labels: {l: "1"}, volumes: [/one]}}\n`,
    files: {
      "compose.override.yml":
        `services: {web: {image: $OTHER, environment: [B=2], labels: !reset {}, volumes: [/two], command: [sleep, "600"]}}\n`,
    },
  },
  ...RUNNING_CASES,
];
