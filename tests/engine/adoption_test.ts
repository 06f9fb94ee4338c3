import assert from "node:assert/strict";
import { join } from "node:path";
import { loadProject } from "../../lib/compose/load.ts";
import type { Operation } from "../../lib/plan/operation.ts";
import { CAUSE, type Deployment, deployment } from "./deploy.ts";
import { diskFiles } from "./disk_files.ts";
import { engineTest } from "./harness.ts";

const FILE = `services:
  db:
    image: $IMAGE
    stop_grace_period: 0s
    volumes: ["data:/data", /anonymous]
    healthcheck: {test: ["CMD", "true"], interval: 200ms}
    networks: {back: {aliases: [database]}}
  web:
    image: $IMAGE
    stop_grace_period: 0s
    environment: {A: "1", B: "<&>"}
    depends_on: {db: {condition: service_healthy}}
    networks: [back, default]
    ports: ["127.0.0.1::80"]
    deploy: {resources: {limits: {memory: 64M, cpus: "0.5"}}}
    secrets: [key]
    configs: [{source: inline, target: /etc/inline}]
  sidecar:
    image: $IMAGE
    stop_grace_period: 0s
    network_mode: service:web
    volumes_from: [db]
networks:
  default: {ipam: {config: [{subnet: $SUBNET.0/28}]}}
  back: {internal: true, ipam: {config: [{subnet: $SUBNET.16/28}]}}
volumes:
  data: {labels: {a: b}}
secrets:
  key: {file: ./key}
configs:
  inline: {content: hello}
`;

const OPERATIONS: readonly Operation[] = [
  { ...CAUSE, kind: "create-network", id: "1", network: "default" },
  { ...CAUSE, kind: "create-network", id: "2", network: "back" },
  { ...CAUSE, kind: "create-volume", id: "3", volume: "data" },
];

engineTest("docker compose up changes nothing of what these operations deployed", async (t) => {
  await Deno.writeTextFile(
    join(t.folder, "compose.yml"),
    FILE.replaceAll("$IMAGE", t.images.one).replaceAll("$SUBNET", t.subnet),
  );
  await Deno.writeTextFile(join(t.folder, "key"), "k");
  const { project } = loadProject({
    folder: t.folder,
    projectName: t.project,
    variables: {},
    files: diskFiles,
  });
  using d = deployment(t, project);
  for (const operation of OPERATIONS) await d.execute(operation);
  for (const service of ["db", "web", "sidecar"]) await d.run(service);
  const before = await state(d);
  const { code, stderr } = await t.compose(["-p", t.project, "up", "-d"]);
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /Recreate|Creating|Starting|warn/i);
  assert.deepEqual(await state(d), before);
  const listed = await t.compose(["-p", t.project, "ps", "--format", "{{.Service}} {{.State}}"]);
  assert.deepEqual(listed.stdout.trim().split("\n").sort(), ["db running", "sidecar running", "web running"]);
}, { compose: true });

async function state(d: Deployment) {
  return await Promise.all(["db", "web", "sidecar"].map(async (service) => {
    const { Id, State } = await d.inspect(service) as { Id: string; State: { StartedAt?: string } };
    return [service, Id, State.StartedAt];
  }));
}
