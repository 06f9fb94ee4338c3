import assert from "node:assert/strict";
import { join } from "node:path";
import { connectEngine } from "../../lib/engine/client.ts";
import { startEngineProxy } from "../fakes/engine_proxy.ts";
import { converge, planOf } from "./converge.ts";
import { engineTest } from "./harness.ts";

engineTest("a service that was stopped for another one's recreation is no job that is done", async (t) => {
  const asked: string[] = [];
  const proxy = await startEngineProxy({
    target: t.socketPath,
    socket: join(t.folder, "proxy.sock"),
    onRequest: ({ path }) => void asked.push(path),
  });
  const engine = connectEngine({ dockerHost: proxy.dockerHost });
  const write = (more: string) =>
    Deno.writeTextFile(
      join(t.folder, "compose.yml"),
      `services:
  db: {image: "${t.images.one}", command: sleep 60, stop_signal: SIGKILL, network_mode: none${more}}
  web:
    image: "${t.images.one}"
    command: ["sh", "-c", "trap 'exit 0' TERM; sleep 60 & wait"]
    network_mode: none
    depends_on: {db: {condition: service_started, restart: true}}
`,
    );
  const detailsAsked = async () => {
    asked.length = 0;
    const { operations } = await planOf(t, engine);
    const details = asked.filter((path) => /\/containers\/[0-9a-f]{64}\/json/.test(path)).length;
    return { details, operations: operations.map(({ id, cause }) => `${id} — ${cause}`) };
  };
  try {
    await write("");
    await converge(t, engine);
    assert.deepEqual(await detailsAsked(), { details: 0, operations: [] });
    await write(", hostname: other");
    const cut = await converge(t, engine, { isDone: ({ kind }) => kind !== "start-container" });
    assert.equal(cut.operations.length, 4);
    assert.deepEqual(await detailsAsked(), {
      details: 1,
      operations: [
        `start-container db-1 — ${t.project}-db-1 was created but never started`,
        `start-container web-1 — ${t.project}-web-1 has not run since db was recreated`,
      ],
    });
    await converge(t, engine);
    assert.deepEqual(await detailsAsked(), { details: 0, operations: [] });
  } finally {
    engine.close();
    await proxy.close();
  }
});
