/** The config hashes, compared with the labels that the real `docker compose` puts on what it creates. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { networkHash, serviceHash, volumeHash } from "../../lib/compose/hash.ts";
import { loadProject } from "../../lib/compose/load.ts";
import type { Project, Service } from "../../lib/compose/project.ts";
import { type EngineTest, engineTest } from "../engine/harness.ts";
import { diskFiles } from "./disk_files.ts";

const HASH = "com.docker.compose.config-hash";

engineTest("hashes of services, networks and volumes are those that docker compose writes", async (test) => {
  const project = await createBoth(test, {
    "compose.yml": `
x-quiet: &quiet
  image: ${test.images.one}
  network_mode: none
services:
  plain: *quiet
  env_files:
    <<: *quiet
    env_file: [a.env, {path: b.env}, {path: missing.env, required: false}, {path: raw.env, format: raw}]
    environment: [OWN=own, NULLED, "SHELL_LIKE=a$$b"]
  limits:
    <<: *quiet
    cpus: 0.7
    mem_limit: 64m
    pids_limit: 100
    ulimits: {nofile: 1024, nproc: {soft: 10, hard: 20}}
    deploy: {replicas: 2, labels: {a: b}, restart_policy: {condition: on-failure, delay: 1m1.5s}}
  mounts:
    <<: *quiet
    volumes: ["data:/data", "./folder:/folder:ro", "/anonymous", {type: tmpfs, target: /t, tmpfs: {size: 1m, mode: 0700}}]
    tmpfs: ["/run:size=64k"]
    configs: [{source: content, target: /c, mode: 0440}, file]
    secrets: [variable, {source: other, target: o}]
  attached:
    image: ${test.images.one}
    networks:
      first: {aliases: [www], priority: 10}
      second: {ipv4_address: 10.251.2.10}
    labels: ["traefik.rule=Host(\`a\`) && <b>", "umlaut=\u00e4\u20ac\u2028"]
    healthcheck: {test: [CMD, "true"], interval: 90s, retries: 2}
    depends_on: {plain: {condition: service_started}}
    profiles: ["on"]
    pull_policy: never
networks:
  first: {labels: {a: b}, ipam: {config: [{subnet: 10.251.1.0/24}]}}
  second:
    name: ${test.project}-second
    driver: bridge
    driver_opts: {com.docker.network.driver.mtu: 1400}
    internal: true
    attachable: true
    enable_ipv4: true
    enable_ipv6: false
    ipam: {driver: default, config: [{subnet: 10.251.2.0/24, gateway: 10.251.2.1, ip_range: 10.251.2.0/25, aux_addresses: {other: 10.251.2.7}}]}
volumes:
  data: {labels: [a=b], driver_opts: {type: tmpfs, device: tmpfs, o: "size=1m"}}
configs: {content: {content: "a <b>"}, file: {file: ./a.env}}
secrets: {variable: {environment: SECRET}, other: {file: ./b.env}}
`,
    ".env": "COMPOSE_PROFILES=on\nFROM_DOTENV=1\n",
    "a.env": 'A=a\nOWN=a\nNULLED=a\nQUOTED="x ${FROM_DOTENV} ${A}"\n',
    "b.env": "B=${A}/${OWN}\nA=b\nINHERITED\n",
    "raw.env": 'R="kept $A" # too\n',
  }, { SECRET: "geheim", INHERITED: "yes" });

  for (const service of Object.values(project.services)) {
    assert.equal(serviceHash(service), await labelOfService(test, service.name), `service ${service.name}`);
  }
  for (const network of Object.values(project.networks)) {
    assert.equal(
      networkHash(network),
      await labelOf(test, "network", network.name),
      `network ${network.name}`,
    );
  }
  for (const volume of Object.values(project.volumes)) {
    assert.equal(volumeHash(volume), await labelOf(test, "volume", volume.name), `volume ${volume.name}`);
  }
  assert.equal(Object.keys(project.services).length, 5);
  assert.equal(Object.keys(project.networks).length, 2);
}, { compose: true });

engineTest("hashes of services from other files are those that docker compose writes", async (test) => {
  const base = `image: ${test.images.one}, network_mode: none`;
  const project = await createBoth(test, {
    "compose.yml": `
include: [sub/included.yml, {path: [sub/main.yml, over.yml], project_directory: sub, env_file: one.env}]
services:
  extending:
    extends: {file: sub/base.yml, service: base}
    env_file: [own.env]
    label_file: own.labels
    labels: {own: "1"}
    volumes: ["./own:/own"]
  labelled: {${base}, label_file: [own.labels, sub/base.labels]}
  watched:
    ${base.replace(", ", "\n    ")}
    develop:
      watch:
        - {path: ./src, action: sync, target: /src, ignore: [a, b], include: c, initial_sync: true}
        - {path: sub, action: sync+exec, target: /s, exec: {command: a b, user: root, privileged: true, environment: {A: b}}}
        - {path: ., action: rebuild}
`,
    "sub/base.yml":
      `services: {base: {${base}, env_file: [base.env, ../own.env], label_file: base.labels, volumes: ["./b:/b"]}}\n`,
    "sub/included.yml":
      `services: {included: {${base}, environment: ["FROM=\${FROM}", LISTED], env_file: base.env, label_file: base.labels}}\n`,
    "sub/main.yml": `services: {main: {${base}, environment: {ONE: "\${ONE}"}, volumes: ["./m:/m"]}}\n`,
    "over.yml": `services: {main: {labels: {over: "1"}, command: [sleep, "\${ONE}"]}}\n`,
    "one.env": "ONE=1\n",
    "sub/.env": "FROM=sub\nLISTED=listed\n",
    "sub/base.env": "A=base\nB=${A}\n",
    "own.env": "A=own\n",
    "sub/base.labels": "a=base\nb=${a}\ntraefik.http.routers.a.rule=Host(`a`) && x\n",
    "own.labels": "a=own\nunknown=${SHELL}\n",
  }, { SHELL: "unseen" });
  for (const service of Object.values(project.services)) {
    assert.equal(serviceHash(service), await labelOfService(test, service.name), `service ${service.name}`);
  }
}, { compose: true });

engineTest("a reference to another service is hashed as a reference to its container", async (test) => {
  const project = await createBoth(test, {
    "compose.yml": `
services:
  base: {image: ${test.images.one}, network_mode: none, volumes: [/x]}
  network: {image: ${test.images.one}, network_mode: "service:base"}
  spaces: {image: ${test.images.one}, network_mode: none, ipc: "service:base", pid: "service:base", volumes_from: ["base"]}
`,
  }, {});
  const id = (await test.docker(["inspect", "-f", "{{.Id}}", `${test.project}-base-1`])).stdout.trim();
  const container = `container:${id}`;
  const { network, spaces } = project.services as Record<string, Service>;
  assert.equal(serviceHash({ ...network!, network_mode: container }), await labelOfService(test, "network"));
  assert.equal(
    serviceHash({ ...spaces!, ipc: container, pid: container, volumes_from: [id] }),
    await labelOfService(test, "spaces"),
  );
}, { compose: true });

/** Creates everything with `docker compose`, and loads the same files. */
async function createBoth(
  test: EngineTest,
  contents: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Promise<Project> {
  for (const [name, content] of Object.entries(contents)) {
    await Deno.mkdir(dirname(join(test.folder, name)), { recursive: true });
    await Deno.writeTextFile(join(test.folder, name), content);
  }
  const variables = { ...env, COMPOSE_PROJECT_NAME: test.project };
  const { code, stderr } = await test.compose(["create"], { env: variables });
  assert.equal(code, 0, stderr);
  return loadProject({ folder: test.folder, variables, files: diskFiles(test.folder) }).project;
}

function labelOfService(test: EngineTest, service: string): Promise<string> {
  return labelOf(test, "container", `${test.project}-${service}-1`);
}

async function labelOf(
  test: EngineTest,
  kind: "container" | "network" | "volume",
  name: string,
): Promise<string> {
  const field = kind === "container" ? ".Config.Labels" : ".Labels";
  const { stdout, stderr } = await test.docker([kind, "inspect", "-f", `{{index ${field} "${HASH}"}}`, name]);
  assert.equal(stderr, "");
  return stdout.trim();
}
