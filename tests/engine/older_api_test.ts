/** An engine that speaks an older API: asked in its own version, and brought to the same result. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { connectEngine } from "../../lib/engine/client.ts";
import { type EngineProxy, startEngineProxy } from "../fakes/engine_proxy.ts";
import { Homelab } from "../fakes/homelab.ts";
import { CAUSE, deployment } from "./deploy.ts";
import { type EngineTest, engineTest } from "./harness.ts";

const KEYS = ["back", "front", "third"];
const MAC = "02:42:ac:11:65:43";

for (const apiVersion of ["1.41", "1.43"]) {
  engineTest(`a container gets all of its networks from an engine of API ${apiVersion}`, async (t) => {
    const proxy = await older(t, apiVersion);
    using d = deployment(t, {
      services: {
        web: {
          networks: { back: { priority: 10, mac_address: MAC }, front: { aliases: ["shop"] }, third: null },
        },
      },
      networks: Object.fromEntries(KEYS.map((key, index) => [key, {
        name: `${t.project}_${key}`,
        ipam: { config: [{ subnet: `${t.subnet}.${16 * index}/28` }] },
      }])),
    }, proxy.dockerHost);
    for (const key of KEYS) {
      await d.execute({ ...CAUSE, kind: "create-network", id: key, network: key });
    }
    await d.run("web");

    const { State, NetworkSettings: { Networks } } = await d.inspect("web");
    assert.equal(State.Running, true);
    const names = KEYS.map((key) => `${t.project}_${key}`);
    assert.deepEqual(Object.keys(Networks).sort(), names);
    assert.equal(Networks[names[0]!]?.MacAddress, MAC);
    assert.ok(Networks[names[1]!]?.Aliases?.includes("shop"));
    for (const name of names) assert.ok(Networks[name]?.Aliases?.includes("web"), name);

    const asked = proxy.writes().map(({ path }) => path.replace(/[0-9a-f]{64}/, "ID").split("?")[0]);
    assert.deepEqual(asked, [
      "/networks/create",
      "/networks/create",
      "/networks/create",
      "/containers/create",
      "/networks/ID/connect",
      "/networks/ID/connect",
      "/containers/ID/start",
    ]);
    assertVersion(proxy, apiVersion);
    await proxy.close();
  });

  engineTest(`docker compose up changes nothing after apply by API ${apiVersion}`, async (t) => {
    const proxy = await older(t, apiVersion);
    const lab = new Homelab({ folder: t.folder, dockerHost: proxy.dockerHost });
    const file = homelabFile(t, "one");
    await lab.commit({ [`${t.project}-web/compose.yml`]: file });
    const applied = await lab.run("apply");
    assert.equal(applied.code, 0, applied.stderr);
    assert.equal((await lab.run("plan", "--exit-code")).code, 0);
    assertVersion(proxy, apiVersion);
    const before = await t.docker(["ps", "-aq", "--no-trunc", "--filter", `name=${t.project}`]);
    const up = await t.compose(["up", "-d"], { cwd: lab.stackFolder(`${t.project}-web`) });
    assert.equal(up.code, 0, up.stderr);
    assert.doesNotMatch(up.stderr, /Recreate|Creat|orphan/i);
    const after = await t.docker(["ps", "-aq", "--no-trunc", "--filter", `name=${t.project}`]);
    assert.equal(after.stdout, before.stdout);
    await lab.commit({ [`${t.project}-web/compose.yml`]: file.replace("l: one", "l: two") });
    const again = await lab.run("apply");
    assert.equal(again.code, 0, again.stderr);
    assert.equal((await lab.run("plan", "--exit-code")).code, 0);
    await proxy.close();
  }, { compose: true });
}

engineTest("what an older engine does not know is refused before anything is created", async (t) => {
  const proxy = await older(t, "1.43");
  using d = deployment(t, {
    services: { web: { healthcheck: { test: ["CMD", "true"], start_period: 1e9, start_interval: 1e9 } } },
  }, proxy.dockerHost);
  await assert.rejects(d.create("web"), {
    message:
      "services.web uses healthcheck.start_interval, which this Docker Engine (API 1.43) does not know",
    hint: "update Docker to version 25 or later, or remove the attribute",
  });
  assert.deepEqual(proxy.writes(), []);
  await proxy.close();
});

engineTest("of a newer engine's API, the newest version that Homeport knows is spoken", async (t) => {
  const proxy = await older(t, "1.99");
  const engine = connectEngine({ dockerHost: proxy.dockerHost });
  await engine.observe([], t.signal);
  assertVersion(proxy, "1.51");
  engine.close();
  await proxy.close();
});

function older(t: EngineTest, apiVersion: string): Promise<EngineProxy> {
  return startEngineProxy({ target: t.socketPath, socket: join(t.folder, "older.sock"), apiVersion });
}

/** All but the question for the version. */
function assertVersion(proxy: EngineProxy, apiVersion: string): void {
  const asked = proxy.requests.filter(({ path }) => path !== "/_ping");
  assert.ok(asked.length > 0);
  assert.deepEqual([...new Set(asked.map((request) => request.apiVersion))], [apiVersion]);
}

function homelabFile(t: EngineTest, label: string): string {
  return `services:
  web:
    image: ${t.images.one}
    stop_signal: SIGKILL
    labels: {l: ${label}}
    gpus: []
    networks: {back: {aliases: [shop]}, front: {priority: 1}}
    volumes: ["data:/data", "/anonymous"]
    configs: [greeting]
    healthcheck: {test: "true", interval: 200ms}
  job:
    image: ${t.images.one}
    command: "true"
    network_mode: none
    depends_on: {web: {condition: service_healthy}}
configs: {greeting: {content: hello}}
volumes: {data: }
networks:
  back: {ipam: {config: [{subnet: ${t.subnet}.0/28}]}}
  front: {ipam: {config: [{subnet: ${t.subnet}.16/28}]}}
`;
}
