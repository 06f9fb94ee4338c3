import assert from "node:assert/strict";
import { join } from "node:path";
import { connectEngine } from "../../lib/engine/client.ts";
import type { Engine } from "../../lib/reconcile/ports.ts";
import { formatError } from "../../lib/errors.ts";
import { startEngineProxy } from "../fakes/engine_proxy.ts";
import { engineTest } from "./harness.ts";

const SIGNAL = AbortSignal.timeout(60_000);

Deno.test("no engine is an error that says where it was looked for, and what to do", async () => {
  const cases: [string, RegExp][] = [
    [
      "unix:///nonexistent/docker.sock",
      /^Cannot reach the Docker Engine at unix:\/\/\/nonexistent\/docker.sock \(ENOENT\) to see what runs\n.*start Docker/,
    ],
    [
      "tcp://127.0.0.1:1",
      /^Cannot reach the Docker Engine at tcp:\/\/127.0.0.1:1 \(ECONNREFUSED\).*\n.*DOCKER_HOST/,
    ],
  ];
  for (const [dockerHost, message] of cases) {
    const engine = connectEngine({ dockerHost });
    await assert.rejects(engine.observe([], SIGNAL), (error) => {
      assert.match(formatError(error), message);
      assert.deepEqual([
        (error as { consequence?: string }).consequence,
        (error as { exitCode?: number }).exitCode,
      ], ["retry", 1]);
      return true;
    });
    engine.close();
  }
});

Deno.test("an engine that is too old is refused with what to do", async () => {
  await withServer({ "Api-Version": "1.40" }, async (dockerHost) => {
    const engine = connectEngine({ dockerHost });
    await assert.rejects(engine.version(SIGNAL), {
      message: `The Docker Engine at ${dockerHost} is too old: it speaks API 1.40, and 1.41 is needed`,
      hint: "update Docker to version 20.10 or later",
    });
    engine.close();
  });
});

Deno.test("something else than an engine is told from one", async () => {
  await withServer({}, async (dockerHost) => {
    const engine = connectEngine({ dockerHost });
    await assert.rejects(engine.observe([], SIGNAL), {
      message: `What answers at ${dockerHost} is no Docker Engine`,
    });
    engine.close();
  });
});

engineTest("the API's version is agreed upon once, and never newer than the engine's", async (t) => {
  const proxy = await startEngineProxy({ target: t.socketPath, socket: join(t.folder, "proxy.sock") });
  const engine = connectEngine({ dockerHost: proxy.dockerHost });
  await engine.observe([{ image: t.images.one }], t.signal);
  await engine.observe([], t.signal);
  assert.deepEqual(proxy.requests.map(({ method, path }) => `${method} ${path.split("?")[0]}`).sort(), [
    "GET /_ping",
    "GET /containers/json",
    "GET /containers/json",
    "GET /images/json",
    "GET /networks",
    "GET /networks",
    "GET /volumes",
    "GET /volumes",
  ]);
  assert.deepEqual(proxy.writes(), []);
  engine.close();
  await proxy.close();
});

engineTest("the engine's version is told", async (t) => {
  const engine = connectEngine({ dockerHost: t.dockerHost });
  const { version, apiVersion, platform } = await engine.version(t.signal);
  assert.match(version, /^\d+\./);
  assert.match(apiVersion, /^1\.\d+$/);
  assert.match(platform, /^linux\//);
  engine.close();
});

engineTest("an engine that goes away is an error that may pass, and names what was under way", async (t) => {
  const proxy = await startEngineProxy({
    target: t.socketPath,
    socket: join(t.folder, "proxy.sock"),
    onRequest: ({ path }) => path.startsWith("/containers/") ? { kind: "cut", when: "before" } : undefined,
  });
  const engine = connectEngine({ dockerHost: proxy.dockerHost });
  const operation = { kind: "stop-container", id: "x", cause: "", after: [], service: "web" } as const;
  await assert.rejects(
    engine.takeDown({ ...operation, containerId: "c1", containerName: "web-1" }, t.signal),
    {
      message: /^Cannot reach the Docker Engine at unix:.* to stop container web-1$/,
      consequence: "retry",
    },
  );
  engine.close();
  await proxy.close();
});

engineTest("an engine in trouble is an error that may pass", async (t) => {
  const proxy = await startEngineProxy({
    target: t.socketPath,
    socket: join(t.folder, "proxy.sock"),
    onRequest: ({ path }) =>
      path === "/networks" ? { kind: "fail", status: 503, message: "busy" } : undefined,
  });
  const engine = connectEngine({ dockerHost: proxy.dockerHost });
  await assert.rejects(engine.observe([], t.signal), {
    message: "Cannot see what runs: busy",
    consequence: "retry",
  });
  engine.close();
  await proxy.close();
});

Deno.test("the client is what reconciling asks for", () => {
  const engine: Engine = connectEngine({ dockerHost: "unix:///nonexistent" });
  assert.ok(engine);
});

Deno.test("an operation that belongs to no taking down is refused", async () => {
  const engine = connectEngine({ dockerHost: "unix:///nonexistent" });
  const operation = {
    kind: "create-volume",
    id: "create-volume data",
    cause: "",
    after: [],
    volume: "data",
  } as const;
  await assert.rejects(engine.takeDown(operation, SIGNAL), {
    message: /cannot be part of taking a stack down/,
  });
  engine.close();
});

async function withServer(
  headers: Record<string, string>,
  body: (dockerHost: string) => Promise<void>,
): Promise<void> {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("OK", { headers }),
  );
  await body(`tcp://127.0.0.1:${server.addr.port}`);
}
