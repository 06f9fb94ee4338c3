import assert from "node:assert/strict";
import { join } from "node:path";
import { networkHash, serviceHash } from "../../lib/compose/hash.ts";
import type { DeployContext } from "../../lib/plan/deploy_context.ts";
import type { Operation } from "../../lib/plan/operation.ts";
import { type Fault, startEngineProxy } from "../fakes/engine_proxy.ts";
import { CAUSE, type Deployment, deployment } from "./deploy.ts";
import { type EngineTest, engineTest } from "./harness.ts";

engineTest("a container is created with both tools' labels, and started", async (t) => {
  using d = deployment(t, { services: { web: { labels: { mine: "1" } } } });
  const files = { web: { hash: "f".repeat(64), modified: 0 } };
  const desired = { name: t.project, project: d.project, stackHash: "0".repeat(64), serviceFiles: files };
  const containerName = `${t.project}-web-1`;
  await d.execute({ ...CAUSE, kind: "create-container", id: "x", service: "web", number: 1, containerName }, {
    desired,
  });
  const { Config, Image } = await d.inspect("web");
  const { ["com.docker.compose.config-hash"]: hash, ...labels } = Config.Labels;
  assert.match(hash ?? "", /^[0-9a-f]{64}$/);
  assert.deepEqual(labels, {
    mine: "1",
    "com.docker.compose.project": t.project,
    "com.docker.compose.service": "web",
    "com.docker.compose.version": "2.40.3",
    "com.docker.compose.oneoff": "False",
    "com.docker.compose.project.working_dir": t.folder,
    "com.docker.compose.project.config_files": `${t.folder}/compose.yml`,
    "com.docker.compose.container-number": "1",
    "com.docker.compose.depends_on": "",
    "com.docker.compose.image": Image,
    "homeport.managed": "true",
    "homeport.instance": "test@example",
    "homeport.stack": t.project,
    "homeport.stack-hash": "0".repeat(64),
    "homeport.files-hash": "f".repeat(64),
    "homeport.commit": "c".repeat(40),
    "homeport.version": "0.0.0",
    "homeport.deployed-at": "2025-01-02T03:04:05Z",
  });
  await d.start("web");
  assert.equal((await d.inspect("web")).State.Running, true);
});

engineTest("the hashes of docker compose 5 are written where they are asked for", async (t) => {
  using d = deployment(t, {
    services: {
      web: {
        networks: { pool: null },
        volumes: [{ type: "bind", source: t.folder, target: "/data", bind: { create_host_path: true } }],
      },
    },
    networks: { pool: { name: `${t.project}_pool`, ipam: { options: { note: "1" } } } },
  });
  const overrides = { composeHash: "5" } as const;
  const containerName = `${t.project}-web-1`;
  await d.execute({ ...CAUSE, kind: "create-network", id: "n", network: "pool" }, overrides);
  await d.execute(
    { ...CAUSE, kind: "create-container", id: "x", service: "web", number: 1, containerName },
    overrides,
  );
  const label = "com.docker.compose.config-hash";
  const { Labels } = await t.api.get(`/networks/${t.project}_pool`) as {
    readonly Labels: Readonly<Record<string, string>>;
  };
  assert.equal(Labels[label], networkHash(d.project.networks["pool"]!, "5"));
  assert.notEqual(Labels[label], networkHash(d.project.networks["pool"]!));
  const web = d.project.services["web"]!;
  assert.equal((await d.inspect("web")).Config.Labels[label], serviceHash(web, "5"));
  assert.notEqual(serviceHash(web, "5"), serviceHash(web));
});

engineTest("what is observed is what runs", async (t) => {
  using d = deployment(t, {
    services: {
      web: {
        healthcheck: { test: ["CMD", "true"], interval: 100_000_000 },
        volumes: [volume("data", "/data")],
      },
      job: { command: ["sh", "-c", "exit 3"] },
    },
    volumes: { data: { name: `${t.project}_data` } },
  });
  await d.execute({ ...CAUSE, kind: "create-volume", id: "x", volume: "data" });
  await d.run("web");
  await d.run("job");
  await d.execute(waitFor(t, "web", "service_healthy"));
  await until(async () => (await d.inspect("job")).State.Status === "exited");
  const images = [{ image: t.images.one }, { image: `${t.project}:none` }, {
    image: t.images.two,
    platform: "linux/s390x",
  }];
  const observed = await d.engine.observe(images, t.signal);
  const { Id, Image } = await d.inspect("web");
  assert.deepEqual(observed.images, { [t.images.one]: Image });
  assert.equal(
    observed.volumes.find(({ name }) => name === `${t.project}_data`)?.labels["com.docker.compose.volume"],
    "data",
  );
  assert.ok(observed.networks.some(({ name }) => name === "bridge"));
  const web = observed.containers.find(({ name }) => name === `${t.project}-web-1`);
  assert.deepEqual([web?.id, web?.image, web?.state, web?.health], [Id, Image, "running", "healthy"]);
  assert.deepEqual(web?.mounts, [{ type: "volume", name: `${t.project}_data`, destination: "/data" }]);
  const job = observed.containers.find(({ name }) => name === `${t.project}-job-1`);
  assert.deepEqual([job?.state, job?.exitCode], ["exited", 3]);
});

engineTest("creating what is there already changes nothing", async (t) => {
  using d = deployment(t, { services: { web: {} } });
  await d.create("web");
  const { Id } = await d.inspect("web");
  await d.create("web");
  assert.equal((await d.inspect("web")).Id, Id);
});

engineTest("a name that another container has is an error that says whose it is", async (t) => {
  using d = deployment(t, { services: { web: {}, other: { container_name: `${t.project}-web-1` } } });
  await d.create("web");
  await assert.rejects(d.create("other"), {
    name: "HomeportError",
    message:
      `Cannot create container ${t.project}-web-1: the name is taken by container ${t.project}-web-1 of project ${t.project}`,
    hint: /docker rm/,
  });
});

engineTest("an image that is not there is an error that names service and image", async (t) => {
  using d = deployment(t, { services: { web: { image: `${t.project}/none:1` } } });
  await assert.rejects(d.create("web"), {
    message: `Image ${t.project}/none:1 of service web is not on this engine`,
  });
});

engineTest("a start that the engine refuses hides the service's variables", async (t) => {
  using d = deployment(t, {
    services: { web: { environment: { TOKEN: "hunter22" }, command: ["hunter22"] } },
  });
  await d.create("web");
  await assert.rejects(d.start("web"), (error: Error & { hint?: string }) => {
    assert.match(error.message, /^Cannot start container .*executable file not found/s);
    assert.doesNotMatch(error.message, /hunter22/);
    assert.match(error.hint ?? "", /command and entrypoint/);
    return true;
  });
});

engineTest("a recreation broken off at any point is completed by the same operation", async (t) => {
  for (const [index, fault] of CRASHES.entries()) {
    const parts = {
      services: {
        web: { volumes: [{ type: "volume", target: "/keep" }], container_name: `${t.project}-${index}` },
      },
    };
    using d = deployment(t, parts);
    await d.run("web");
    const old = await d.inspect("web");
    const operation = recreate(d, old.Id);
    await breakOff(t, parts, operation, fault);
    await d.execute(operation);
    const now = await d.inspect("web");
    const where = `${fault.request} ${fault.when}`;
    assert.notEqual(now.Id, old.Id, where);
    assert.equal(now.Mounts[0]?.Name, old.Mounts[0]?.Name, where);
    assert.equal(now.Config.Labels["com.docker.compose.replace"], `${t.project}-${index}`, where);
    const left = await t.api.get("/containers/json", {
      all: "true",
      filters: JSON.stringify({ name: [`${t.project}-${index}$`] }),
    }) as unknown[];
    assert.equal(left.length, 1, where);
    await d.execute(operation);
    assert.equal((await d.inspect("web")).Id, now.Id, `${where}, then once more`);
  }
});

interface Crash {
  readonly request: RegExp;
  readonly when: "before" | "after";
}

/** Every request of a recreation that changes something, cut off before the engine sees it and after. */
const CRASHES: readonly Crash[] = [/\/create/, /\/stop$/, /^DELETE/, /\/rename/].flatMap((request) => [
  { request, when: "before" as const },
  { request, when: "after" as const },
]);

/** Gives up as a killed process would: nothing is done after the request that fails. */
async function breakOff(
  t: EngineTest,
  parts: Parameters<typeof deployment>[1],
  operation: Operation,
  { request, when }: Crash,
): Promise<void> {
  let broken = false;
  const proxy = await startEngineProxy({
    target: t.socketPath,
    socket: join(t.folder, "crash.sock"),
    onRequest: ({ method, path }): Fault | undefined => {
      broken ||= request.test(`${method} ${path}`);
      return broken ? { kind: "cut", when } : undefined;
    },
  });
  using d = deployment(t, parts, proxy.dockerHost);
  await assert.rejects(d.execute(operation), /Cannot reach the Docker Engine/);
  await proxy.close();
}

function recreate(d: Deployment, containerId: string): Operation {
  const containerName = d.project.services["web"]!.container_name!;
  return {
    ...CAUSE,
    kind: "recreate-container",
    id: "x",
    service: "web",
    number: 1,
    containerId,
    containerName,
  };
}

engineTest("a container whose volumes another one uses keeps its mode when they are read-only", async (t) => {
  using d = deployment(t, {
    services: {
      web: { volumes: [{ type: "volume", target: "/shared" }] },
      reader: { volumes_from: ["web:ro"] },
    },
  });
  await d.create("web");
  await d.create("reader");
  const { Id } = await d.inspect("web");
  assert.deepEqual((await d.inspect("reader")).HostConfig.VolumesFrom, [`${Id}:ro`]);
});

engineTest("stopping and removing what is stopped or gone is no error", async (t) => {
  using d = deployment(t, { services: { web: {} } });
  await d.run("web");
  const { Id } = await d.inspect("web");
  const base = { ...CAUSE, id: "x", service: "web", containerId: Id, containerName: `${t.project}-web-1` };
  for (let time = 0; time < 2; time++) await d.execute({ ...base, kind: "stop-container" });
  assert.equal((await d.inspect("web")).State.Status, "exited");
  for (let time = 0; time < 2; time++) {
    await d.engine.takeDown({ ...base, kind: "remove-container" }, t.signal);
  }
  await d.execute({ ...base, kind: "stop-container" });
  await assert.rejects(d.inspect("web"), /No such container/);
});

engineTest("a paused container can be removed", async (t) => {
  using d = deployment(t, { services: { web: {} } });
  await d.run("web");
  const { Id } = await d.inspect("web");
  await t.api.request("POST", `/containers/${Id}/pause`);
  const containerName = `${t.project}-web-1`;
  await d.execute({
    ...CAUSE,
    kind: "remove-container",
    id: "x",
    service: "web",
    containerId: Id,
    containerName,
  });
  await assert.rejects(d.inspect("web"), /No such container/);
});

engineTest("a container that was left under its temporary name gets its own", async (t) => {
  using d = deployment(t, { services: { web: {} } });
  await d.create("web");
  const { Id } = await d.inspect("web");
  const containerName = `${t.project}-final`;
  const operation = {
    ...CAUSE,
    kind: "rename-container",
    id: "x",
    containerId: Id,
    oldName: "x",
    containerName,
  } as const;
  for (let time = 0; time < 2; time++) await d.engine.takeDown(operation, t.signal);
  assert.equal((await t.api.get(`/containers/${containerName}/json`) as { Id: string }).Id, Id);
});

engineTest("a taken port is an error that names port, service and who has it", async (t) => {
  const port = String(20000 + Math.floor(Math.random() * 10000));
  const ports = [{ target: 80, published: port, protocol: "tcp", host_ip: "127.0.0.1" }];
  using d = deployment(t, {
    services: { first: { ports, network_mode: "bridge" }, second: { ports, network_mode: "bridge" } },
  });
  await d.run("first");
  await d.create("second");
  await assert.rejects(d.start("second"), {
    message:
      `Cannot start container ${t.project}-second-1: port ${port} of service second is already taken by ` +
      `container ${t.project}-first-1 of project ${t.project}`,
    hint: /publish another port/,
    consequence: "wait",
  });
  const { Id } = await d.inspect("first");
  await d.execute({
    ...CAUSE,
    kind: "stop-container",
    id: "x",
    service: "first",
    containerId: Id,
    containerName: `${t.project}-first-1`,
  });
  await d.start("second");
  assert.equal((await d.inspect("second")).State.Running, true);
});

engineTest("a port that a program of the machine has is an error that says how to find it", async (t) => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const ports = [{ target: 80, published: String(port), protocol: "tcp", host_ip: "127.0.0.1" }];
  using d = deployment(t, { services: { web: { ports, network_mode: "bridge" } } });
  await d.create("web");
  await assert.rejects(d.start("web"), {
    message: new RegExp(`port ${port} of service web is already taken by another program`),
    hint: /ss -ltnup/,
  });
});

const waits: [
  string,
  Parameters<typeof waitCase>[1],
  "service_healthy" | "service_completed_successfully",
  RegExp | undefined,
][] = [
  [
    "a healthy service is waited for until it is",
    { command: sh("sleep 1; touch /ok; sleep 60"), healthcheck: check("test -e /ok") },
    "service_healthy",
    undefined,
  ],
  [
    "an unhealthy service ends the wait",
    { healthcheck: { ...check("false"), retries: 1 } },
    "service_healthy",
    /container .*-1 is unhealthy/,
  ],
  [
    "a service that ends is not healthy",
    { command: sh("exit 4"), healthcheck: check("true") },
    "service_healthy",
    /ended with exit code 4/,
  ],
  [
    "a service without a health check cannot be waited for to be healthy",
    {},
    "service_healthy",
    /has no health check/,
  ],
  [
    "a service that does its work is done",
    { command: sh("sleep 0.5") },
    "service_completed_successfully",
    undefined,
  ],
  [
    "a service that fails is not done",
    { command: sh("exit 7") },
    "service_completed_successfully",
    /ended with exit code 7/,
  ],
  [
    "a wait comes to an end",
    {},
    "service_completed_successfully",
    /is not done after 1 s: still waiting for/,
  ],
];
for (const [name, service, condition, error] of waits) {
  engineTest(name, (t) => waitCase(t, service, condition, error));
}

async function waitCase(
  t: EngineTest,
  service: Parameters<typeof deployment>[1]["services"][string],
  condition: "service_healthy" | "service_completed_successfully",
  error: RegExp | undefined,
): Promise<void> {
  using d = deployment(t, { services: { web: service } });
  await d.run("web");
  const waiting = d.execute(
    waitFor(t, "web", condition),
    error?.source.includes("after 1 s") ? { waitTimeout: 1000 } : {},
  );
  if (error === undefined) return await waiting;
  await assert.rejects(waiting, { name: "HomeportError", message: error });
  const said: string[] = [];
  const overrides: Partial<DeployContext> = {
    waitTimeout: 1000,
    onProgress: (message) => said.push(message),
  };
  await d.execute({ ...waitFor(t, "web", condition), required: false }, overrides);
  assert.match(said.join("\n"), error);
}

engineTest("every container of a service is waited for", async (t) => {
  using d = deployment(t, { services: { web: { command: sh("sleep 0.$HOSTNAME_NUMBER") } } });
  await d.run("web", 1);
  await d.create("web", 2);
  const containerNames = [1, 2].map((number) => `${t.project}-web-${number}`);
  const operation = { ...waitFor(t, "web", "service_completed_successfully"), containerNames };
  await assert.rejects(d.execute(operation, { waitTimeout: 1500 }), /still waiting for .*-web-2$/);
  await d.start("web", 2);
  await d.execute(operation);
});

engineTest("an abort ends a wait with the signal's reason", async (t) => {
  using d = deployment(t, { services: { web: {} } });
  await d.run("web");
  const controller = new AbortController();
  const reason = new Error("enough");
  setTimeout(() => controller.abort(reason), 300);
  const waiting = d.execute(waitFor(t, "web", "service_completed_successfully"), {
    signal: controller.signal,
  });
  await assert.rejects(waiting, (error) => error === reason);
});

engineTest("an abort does not wait for the engine's answer", async (t) => {
  const stubborn = { command: sh("trap '' TERM; while :; do sleep 1; done"), stop_grace_period: 5e9 };
  using d = deployment(t, { services: { web: stubborn } });
  await d.run("web");
  const { Id } = await d.inspect("web");
  const signal = AbortSignal.timeout(500);
  const operation = { ...CAUSE, kind: "stop-container", id: "x", service: "web", containerId: Id } as const;
  const began = performance.now();
  await assert.rejects(d.execute({ ...operation, containerName: "web" }, { signal }), {
    name: "TimeoutError",
  });
  assert.ok(performance.now() - began < 3000, "it waited for the stop");
});

function waitFor(
  t: EngineTest,
  service: string,
  condition: "service_healthy" | "service_completed_successfully",
) {
  const containerNames = [`${t.project}-${service}-1`];
  return {
    ...CAUSE,
    kind: "wait-for-service",
    id: "x",
    service,
    containerNames,
    condition,
    required: true,
  } as const;
}

function volume(source: string, target: string) {
  return { type: "volume", source, target };
}

function sh(script: string): string[] {
  return ["sh", "-c", script];
}

function check(script: string) {
  return { test: ["CMD-SHELL", script], interval: 200_000_000, retries: 20 };
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!await condition()) await new Promise((resolve) => setTimeout(resolve, 100));
}
