import assert from "node:assert/strict";
import { ConfigurationError } from "../../lib/errors.ts";
import { interpolateTree } from "../../lib/compose/interpolate.ts";
import { Locations } from "../../lib/compose/locations.ts";
import { validateSchema } from "../../lib/compose/schema/validate.ts";
import type { Mapping } from "../../lib/compose/value.ts";
import { parseYaml } from "../../lib/compose/yaml.ts";
import { sideBySide } from "../engine/parts.ts";
import { referenceTest } from "./reference.ts";

referenceTest("docker compose refuses what the schema refuses", async (reference) => {
  const refused = [...SERVICES.map(withService), ...DOCUMENTS].filter((text) => problemsOf(text) !== "");
  assert.ok(refused.length >= 70, `${refused.length} documents`);
  const differences: string[] = [];
  await sideBySide(refused, async (text) => {
    const { accepted } = await reference.config({ "compose.yml": text });
    if (accepted) differences.push(`${text}here: ${problemsOf(text)}`);
  });
  assert.deepEqual(differences, []);
});

referenceTest("docker compose accepts the documents that the schema accepts", async (reference) => {
  for (const text of DOCUMENTS.filter((each) => problemsOf(each) === "")) {
    const verdict = await reference.config({ "compose.yml": text });
    assert.ok(
      verdict.accepted || !isOfSchema(verdict.message),
      `${text}\n${verdict.accepted || verdict.message}`,
    );
  }
});

/**
 * One project holds all of the services, so that one process answers. It may stumble over a later step, such as a file that is not
 * there; with a mistake added, it must find that: then it came as far as the schema before.
 */
referenceTest("docker compose accepts the services that the schema accepts", async (reference) => {
  const accepted = SERVICES.filter((attribute) => problemsOf(withService(attribute)) === "");
  assert.ok(accepted.length >= 80, `${accepted.length} services`);
  const services = accepted.map((attribute, index) => `  a${index}: {image: a, ${attribute}}\n`).join("");
  const file = `name: a\nservices:\n  b: {image: b}\n${services}`;
  const verdict = await reference.config({ "compose.yml": file });
  assert.ok(verdict.accepted || !isOfSchema(verdict.message), verdict.accepted ? "" : verdict.message);
  const mistaken = await reference.config({ "compose.yml": `${file}  c: {image: 5}\n` });
  assert.ok(!mistaken.accepted);
  assert.match(mistaken.message, /services\.c\.image must be a string/);
});

/** Steps before and after have their own tests. */
function isOfSchema(message: string): boolean {
  return /^validating |failed to cast to expected type/.test(message);
}

function problemsOf(text: string): string {
  try {
    const locations = new Locations();
    const dict = parseYaml(text, "compose.yml", locations)[0]!.value as Mapping;
    interpolateTree(dict, () => undefined, locations, () => {});
    return validateSchema(dict, locations).map((problem) => problem.message).join("; ");
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
}

function withService(attribute: string): string {
  return `name: a\nservices:\n  b: {image: b}\n  a: {${
    attribute.startsWith("image") ? "" : "image: a, "
  }${attribute}}\n`;
}

// deno-fmt-ignore -- a case a word; a case a line would hide the table
const SERVICES = [
  "imag: a", "x-more: {a: 1}", "X-more: 1", "tty: yes", "tty: \"yes\"", "tty: maybe", "tty: 1", "init: true", "init: []",
  "command: null", "command: a b", "command: [a, b]", "command: [a, 1]", "command: 1", "command: {a: b}", "entrypoint: []", "entrypoint: [[a]]",
  "environment: {A: 1, B: 1.5, C: true, D: null, E: x}", "environment: {A: [1]}", "environment: [A=1, B]", "environment: [A=1, 1]", "environment: [{A: 1}]", "environment: A=1", "environment: 5",
  "labels: {a: {b: c}}", "labels: {\"\": b}", "annotations: {a: b}", "sysctls: {net.core.somaxconn: 1024}", "sysctls: net.core.somaxconn=1024",
  "ports: [80, \"80:80\", {target: 80, published: 8080}]", "ports: [80.5]", "ports: \"80:80\"", "ports: [[80]]", "ports: [{target: 80, publish: 1}]", "ports: [{target: [80]}]", "ports: [{target: \"80\", published: 80, protocol: tcp, host_ip: 127.0.0.1}]", "ports: [{target: x}]", "ports: [null]", "ports: [{target: 80, host_ip: 1}]", "ports: [{target: 80, x-a: 1}]",
  "volumes: [\"/a:/a\", {type: bind, source: /a, target: /a}]", "volumes: [{source: /a, target: /a}]", "volumes: [{type: other, source: /a, target: /a}]", "volumes: [{type: bind, source: /a, target: /b, read_only: \"true\"}]", "volumes: [{type: bind, source: /a, target: /b, read_only: 1}]",
  "volumes: [{type: bind, source: /a, target: /b, bind: {selinux: z, propagation: rshared}}]", "volumes: [{type: bind, source: /a, target: /b, bind: {selinux: y}}]", "volumes: [{type: tmpfs, target: /a, tmpfs: {size: 10, mode: 1777}}]", "volumes: [{type: tmpfs, target: /a, tmpfs: {size: -1}}]", "volumes: [{type: tmpfs, target: /a, tmpfs: {size: 1.5}}]", "volumes: [{type: volume, target: /a, volume: {nocopy: true, subpath: a}}]", "volumes: [{type: volume, target: /a, volume: {nocopy: 1}}]", "volumes: {a: /b}", "volumes: [1]",
  "networks: []", "networks: [default]", "networks: {default: }", "networks: {default: {aliases: [a]}}", "networks: {default: {aliases: a}}", "networks: {default: {ipv4_addres: 10.0.0.1}}", "networks: {default: {priority: 1.5}}", "networks: {default: {priority: \"1\"}}", "networks: {default: {driver_opts: {a: 1, b: x}}}", "networks: {default: {driver_opts: {a: true}}}", "networks: {default: text}", "networks: default", "networks: {\"a b\": {}}", "networks: [default, default]",
  "depends_on: [b]", "depends_on: [b, b]", "depends_on: b", "depends_on: {b: {condition: service_started}}", "depends_on: {b: {}}", "depends_on: {b: null}", "depends_on: {b: {condition: healthy}}", "depends_on: {b: {condition: service_healthy, required: false, restart: true}}", "depends_on: {b: {condition: service_healthy, required: \"false\"}}", "depends_on: {b: {condition: service_started, restart: \"true\"}}", "depends_on: {b: {condition: service_started, x-a: 1}}",
  "healthcheck: {test: [CMD, a], interval: 1s, retries: 3}", "healthcheck: {test: a}", "healthcheck: {test: 1}", "healthcheck: {interval: 10}", "healthcheck: {retries: \"3\"}", "healthcheck: {retries: x}", "healthcheck: {disable: true}", "healthcheck: {disabled: true}", "healthcheck: []", "healthcheck: null",
  "restart: no", "restart: false", "restart: always", "restart: on-failure:3", "stop_grace_period: 10", "stop_grace_period: 10s", "stop_signal: 9", "user: 1000", "user: \"1000\"", "hostname: 1", "container_name: a1", "container_name: a", "container_name: \"-\"", "container_name: \"a b.c\"",
  "cpus: 0.5", "cpus: \"0.5\"", "cpus: x", "cpus: true", "cpu_count: -1", "cpu_count: 2", "cpu_percent: 101", "cpu_percent: 50", "cpu_percent: 50.5", "cpu_shares: 1.5", "mem_limit: 64m", "mem_limit: 67108864", "mem_limit: [1]", "mem_reservation: 1.5", "mem_reservation: 1.0", "mem_swappiness: 60", "memswap_limit: -1", "oom_score_adj: -1001", "oom_score_adj: 500", "pids_limit: -1", "pids_limit: \"x\"", "shm_size: 64m", "scale: 2", "scale: \"2\"", "scale: 1.5",
  "ulimits: {nofile: 1024}", "ulimits: {nofile: {soft: 1, hard: 2}}", "ulimits: {nofile: {soft: 1}}", "ulimits: {nofile: \"1024\"}", "ulimits: {nofile: many}", "ulimits: [nofile]", "ulimits: {nofile: {soft: 1, hard: 2, medium: 3}}",
  "logging: {driver: json-file, options: {max-size: 10m, max-file: 3}}", "logging: {options: {a: true}}", "logging: {options: {a: null}}", "logging: {driver: 1}", "logging: {drivr: json-file}", "logging: json-file",
  "extra_hosts: [\"a:1.2.3.4\"]", "extra_hosts: {a: 1.2.3.4}", "extra_hosts: {a: [1.2.3.4, 1.2.3.5]}", "extra_hosts: {a: 1}", "extra_hosts: a:1.2.3.4", "cap_add: [NET_ADMIN]", "cap_add: NET_ADMIN", "security_opt: [a, a]", "devices: [/dev/a]", "devices: [{source: /dev/a, target: /dev/b, permissions: r}]", "devices: [{target: /dev/b}]", "devices: /dev/a", "group_add: [1000, video]", "group_add: [true]", "expose: [80, \"81\"]", "expose: 80", "dns: 1.1.1.1", "dns: [1.1.1.1, 8.8.8.8]", "dns: 1", "tmpfs: /tmp", "tmpfs: [/tmp]", "tmpfs: {a: b}",
  "cgroup: host", "cgroup: guest", "pull_policy: always", "pull_policy: sometimes", "pull_policy: every_12h", "pull_policy: \"\"", "pid: host", "pid: null", "pid: 1", "network_mode: host", "network_mode: [host]", "profiles: [a]", "profiles: a", "secrets: [{uid: \"1\"}]", "secrets: [{uid: 1, source: a}]", "secrets: a", "configs: [{source: a, modus: 1}]",
  "deploy: {replicas: 2, resources: {limits: {cpus: \"0.5\", memory: 64M, pids: 10}}}", "deploy: {resources: {limits: {memory: 64}}}", "deploy: {resources: {limits: {cpu: 1}}}", "deploy: null", "deploy: []", "deploy: {replicas: 1.5}", "deploy: {update_config: {order: start-first}}", "deploy: {update_config: {order: any}}", "deploy: {restart_policy: {condition: any, max_attempts: 3}}", "deploy: {placement: {constraints: [a]}}", "deploy: {placement: {constraints: a}}",
  "env_file: []", "env_file: 1", "env_file: [{path: a, required: false}]", "env_file: [{required: false}]", "env_file: [{path: a, required: false, x-a: 1}]", "storage_opt: {size: 1G}", "storage_opt: [a]", "blkio_config: {weight: 300}", "blkio_config: {x-a: 1}", "gpus: all", "gpus: some", "credential_spec: {file: a}", "attach: false", "isolation: default", "mac_address: 02:42:ac:11:00:02", "use_api_socket: \"true\"", "post_start: [{command: a}]", "post_start: [{user: a}]",
];

// deno-fmt-ignore
const DOCUMENTS = [
  "name: a\nservices: {a: {image: 5}}", "name: a\nservices: {a: {image: a}}\nversion: \"3.8\"", "name: a\nservices: {a: {image: a}}\nversion: 3.8", "name: a\nservices: []", "name: a\nservices: {a: }", "name: a\nservices: {\"a b\": {image: a}}", "name: a\nservices: {a.b_c-d: {image: a}}", "name: a\nservices: {a: text}",
  "name: a\nservices: {a: {image: a}}\nnetwork: {}", "name: a\nservices: {a: {image: a}}\nx-network: {}", "name: a\nservices: {a: {image: a}}\nvolumes:", "name: a\nservices: {a: {image: a}}\nnetworks:", "name: a\nservices: {a: {image: a}}\nvolumes: [a]", "name: a\nservices: {a: {image: a}}\nvolumes: {a: , b: {}}", "name: a\nservices: {a: {image: a}}\nvolumes: {a: {external: true}}", "name: a\nservices: {a: {image: a}}\nvolumes: {a: {external: maybe}}", "name: a\nservices: {a: {image: a}}\nvolumes: {a: {external: {name: b}}}", "name: a\nservices: {a: {image: a}}\nvolumes: {a: {external: {nam: b}}}", "name: a\nservices: {a: {image: a}}\nvolumes: {\"a b\": {}}", "name: a\nservices: {a: {image: a}}\nvolumes: {a: {driver_opts: {type: nfs, n: 1}}}",
  "name: a\nservices: {a: {image: a}}\nnetworks: {a: {driver: bridge, internal: true, attachable: no, enable_ipv6: \"true\"}}", "name: a\nservices: {a: {image: a}}\nnetworks: {a: {ipam: {config: [{subnet: 10.0.0.0/24, aux_addresses: {h: 10.0.0.2}}]}}}", "name: a\nservices: {a: {image: a}}\nnetworks: {a: {ipam: {config: {subnet: 10.0.0.0/24}}}}", "name: a\nservices: {a: {image: a}}\nnetworks: {a: {ipam: {config: [{subnet: 10}]}}}", "name: a\nservices: {a: {image: a}}\nnetworks: {a: {enable_ipv6: 1}}", "name: a\nservices: {a: {image: a}}\nnetworks: {a: {labels: [a=b]}}",
  "name: a\nservices: {a: {image: a}}\nsecrets: {a: {file: ./a}}", "name: a\nservices: {a: {image: a}}\nsecrets: {a: {environment: A}}", "name: a\nservices: {a: {image: a}}\nsecrets: {a: {content: x}}", "name: a\nservices: {a: {image: a}}\nsecrets: {a: }", "name: a\nservices: {a: {image: a}}\nconfigs: {a: {content: x}}", "name: a\nservices: {a: {image: a}}\nconfigs: {a: {content: 1}}", "name: a\nservices: {a: {image: a}}\nconfigs: {a: {file: [a]}}", "name: a\nservices: {a: {image: a}}\nconfigs: {a: {driver: a}}",
];
