import assert from "node:assert/strict";
import { join } from "node:path";
import { openDockerApi } from "../../tools/engine/docker_api.ts";
import { type Fault, startEngineProxy } from "../fakes/engine_proxy.ts";
import { type EngineTest, engineTest } from "./harness.ts";

engineTest("the proxy passes requests on and records them without the API's version", async (t) => {
  const proxy = await start(t);
  using api = openDockerApi(proxy.socket);
  await api.get("/v1.44/info");
  const body = JSON.stringify({
    Name: `${t.project}_data`,
    Labels: { "com.docker.compose.project": t.project },
  });
  const created = await api.request("POST", "/volumes/create", {
    body,
    headers: { "Content-Type": "application/json" },
  });
  assert.equal((await created.json() as { Name: string }).Name, `${t.project}_data`);
  assert.deepEqual(proxy.requests.map(({ method, path }) => `${method} ${path}`), [
    "GET /info",
    "POST /volumes/create",
  ]);
  assert.deepEqual(proxy.writes().map((request) => request.body), [body]);
  await proxy.close();
});

engineTest("the proxy lets upgraded connections and streams through", async (t) => {
  const proxy = await start(t);
  const run = [
    "--host",
    proxy.dockerHost,
    "run",
    "--rm",
    "-i",
    "--network",
    "none",
    t.images.one,
    "echo",
    "through",
  ];
  const { code, stdout, stderr } = await t.docker(run);
  assert.deepEqual([code, stdout], [0, "through\n"], stderr);
  assert.ok(proxy.writes().some(({ path }) => path.includes("/attach")));
  await proxy.close();
}, { compose: true });

engineTest("the proxy fails a request without the engine seeing it", async (t) => {
  const proxy = await start(t, { kind: "fail", status: 500, message: "made up" });
  using api = openDockerApi(proxy.socket);
  await assert.rejects(api.get("/info"), /made up/);
  await proxy.close();
});

engineTest("the proxy cuts a connection before and in the middle of the answer", async (t) => {
  for (
    const fault of [{ kind: "cut", when: "before" }, { kind: "cut", when: "during", bytes: 400 }] as const
  ) {
    const proxy = await start(t, fault);
    using api = openDockerApi(proxy.socket);
    await assert.rejects(api.get("/info"));
    await proxy.close();
  }
});

engineTest("the proxy cuts a connection after the engine has done its work", async (t) => {
  const proxy = await start(t, { kind: "cut", when: "after" });
  using api = openDockerApi(proxy.socket);
  const body = JSON.stringify({
    Name: `${t.project}_data`,
    Labels: { "com.docker.compose.project": t.project },
  });
  await assert.rejects(
    api.request("POST", "/volumes/create", { body, headers: { "Content-Type": "application/json" } }),
  );
  await t.api.get(`/volumes/${t.project}_data`);
  await proxy.close();
});

engineTest("the proxy lets a request hang until it is closed", async (t) => {
  const proxy = await start(t, { kind: "hang" });
  using api = openDockerApi(proxy.socket);
  const answer = api.get("/info").then(() => "answered", () => "broken");
  const waited = new Promise<string>((resolve) => setTimeout(() => resolve("waiting"), 300));
  assert.equal(await Promise.race([answer, waited]), "waiting");
  await proxy.close();
  assert.equal(await answer, "broken");
});

function start(t: EngineTest, fault?: Fault) {
  return startEngineProxy({
    target: t.socketPath,
    socket: join(t.folder, "proxy.sock"),
    onRequest: () => fault,
  });
}
