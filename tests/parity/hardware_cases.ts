/** Parity cases of devices, disks, links to others and mounted images; and of engines that speak an older API. */
import { networked, type ParityCase, web } from "./body_case.ts";

function older(apiVersion: string, each: ParityCase): ParityCase {
  return { ...each, name: `${each.name}, API ${apiVersion}`, apiVersion };
}

function pools(...names: readonly string[]): string {
  const network = (name: string, index: number) =>
    `  ${name}: {ipam: {config: [{subnet: 10.213.${20 + index}.0/24}]}}\n`;
  return `networks:\n${names.map(network).join("")}`;
}

const SEVERAL = `networks:
  back: {aliases: [db], priority: 100, driver_opts: {com.docker.network.driver.mtu: "1400"}}
  front: {ipv4_address: 10.213.21.10}
  third:`;

export const HARDWARE_CASES: readonly ParityCase[] = [
  web("block device weights", "blkio_config: {weight: 300, weight_device: [{path: /dev/sda, weight: 400}]}"),
  web(
    "block device limits",
    `blkio_config:
  device_read_bps: [{path: /dev/sda, rate: 12mb}, {path: /dev/sdb, rate: 1024}]
  device_read_iops: [{path: /dev/sda, rate: 120}]
  device_write_bps: [{path: /dev/sda, rate: "1024k"}]
  device_write_iops: [{path: /dev/sda, rate: "30"}]`,
  ),
  web("block device limits that say nothing", "blkio_config: {}"),
  web(
    "block devices without path, weight or rate",
    "blkio_config: {weight_device: [{path: /dev/sda}], device_read_bps: [{path: /dev/sda}, {rate: 5}]}",
  ),
  web("all GPUs", "gpus: all"),
  web("GPUs by count and driver", "gpus: [{driver: nvidia, count: 2}, {count: all}, {count: 0}]"),
  web(
    "GPUs by ID",
    `gpus: [{device_ids: ["0", "GPU-1"], capabilities: [utility, compute], options: {virtualization: "false", n: 1}}]`,
  ),
  web("GPUs of no ID", "gpus: [{device_ids: []}]"),
  web("no GPUs", "gpus: []"),
  web("reserved devices", "deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}"),
  web(
    "reserved devices by count",
    `deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 1, capabilities: [gpu, utility], options: ["a=b"]}]}}}`,
  ),
  web(
    "reserved CDI devices",
    `deploy: {resources: {reservations: {memory: 20M, devices: [{driver: cdi, device_ids: ["vendor.com/class=all"], capabilities: [x]}]}}}`,
  ),
  web(
    "reserved devices, CDI devices and GPUs",
    `gpus: [{driver: amd, count: 1}]
devices: ["vendor.com/class=a", "/dev/null", "vendor.com/class=b"]
deploy: {resources: {reservations: {devices: [{capabilities: [tpu], count: 3}]}}}`,
  ),
  web(
    "reserved generic resources",
    "deploy: {resources: {reservations: {generic_resources: [{discrete_resource_spec: {kind: ssd, value: 2}}]}}}",
  ),
  web("credential specification", "credential_spec: {file: spec.json}"),
  web("links to others without a network", `external_links: [redis, "postgres:db"]`),
  networked(
    "links to others",
    `external_links: [redis, "postgres:db", "a:b:c"]\nnetworks: [a, b]`,
    pools("a", "b"),
  ),
  {
    name: "links to others and to services",
    file: `services:
  db: {image: $IMAGE, networks: [a]}
  web: {image: $IMAGE, networks: [a], links: ["db:database"], external_links: [redis]}
${pools("a")}`,
  },
  web("mounted image", "volumes: [{type: image, source: $IMAGE, target: /image}]"),
  web(
    "mounted images with options",
    `volumes:
  - {type: image, source: $IMAGE, target: /a/, read_only: true, image: {subpath: bin}}
  - {type: image, source: $IMAGE, target: /b, image: {}}
  - {type: image, source: $IMAGE, target: /c, consistency: cached}`,
  ),
  web(
    "options of other types than the mount's",
    `volumes:
  - {type: bind, source: /etc, target: /a, image: {subpath: bin}, tmpfs: {size: 1}}
  - {type: tmpfs, target: /b, image: {subpath: bin}}`,
  ),
  web("the engine's socket", "use_api_socket: true"),
  web(
    "the engine's socket beside mounts, variables and configs",
    `use_api_socket: true
environment: {A: "1", DOCKER_CONFIG: /mine}
volumes: ["data:/data"]
configs: [conf]`,
    "volumes:\n  data:\nconfigs:\n  conf: {content: a}\n",
  ),
  web("the engine's socket, not wanted", "use_api_socket: false"),
];

export const OLDER_API_CASES: readonly ParityCase[] = [
  older("1.41", web("nothing but an image", "")),
  older("1.41", networked("default network", "hostname: box")),
  older("1.41", networked("several networks", SEVERAL, pools("back", "front", "third"))),
  older("1.43", networked("several networks", SEVERAL, pools("back", "front", "third"))),
  older("1.44", networked("several networks", SEVERAL, pools("back", "front", "third"))),
  older("1.43", networked("no networks", "network_mode: none")),
  older(
    "1.43",
    networked(
      "MAC address of the service",
      `mac_address: "02:42:ac:11:65:44"\nnetworks: {b: , a: {priority: 1}}`,
      pools("a", "b"),
    ),
  ),
  older(
    "1.43",
    networked(
      "MAC address without a network of the project",
      `mac_address: "02:42:ac:11:65:46"\nnetwork_mode: bridge`,
    ),
  ),
  older(
    "1.44",
    networked("MAC address of the service", `mac_address: "02:42:ac:11:65:44"\nnetworks: [a]`, pools("a")),
  ),
  older(
    "1.44",
    web(
      "health check with a start interval",
      `healthcheck: {test: ["CMD", "true"], start_period: 40s, start_interval: 5s}`,
    ),
  ),
  older(
    "1.43",
    web(
      "health check without a start interval",
      `healthcheck: {test: ["CMD", "true"], start_period: 40s, interval: 5s}`,
    ),
  ),
  older("1.43", web("annotations", `annotations: {com.example.a: "1"}`)),
  older(
    "1.43",
    web(
      "bind mounts whose mounts stay writable",
      `volumes: [{type: bind, source: ., target: /wri, read_only: true, bind: {recursive: writable, create_host_path: true}}]`,
    ),
  ),
  older("1.41", web("GPUs and cgroup", "gpus: all\ncgroup: private")),
  older(
    "1.45",
    web(
      "part of a volume",
      "volumes: [{type: volume, source: data, target: /c, volume: {subpath: x/y}}]",
      "volumes:\n  data:\n",
    ),
  ),
  older(
    "1.48",
    web(
      "mounted image",
      "volumes: [{type: image, source: $IMAGE, target: /image, image: {subpath: bin}}]",
    ),
  ),
  older(
    "1.48",
    networked("gateway priority", "networks: {a: {gw_priority: 5}, b: {gw_priority: -5}}", pools("a", "b")),
  ),
  older("1.49", networked("interface name", "networks: {a: {interface_name: eth7}}", pools("a"))),
];
