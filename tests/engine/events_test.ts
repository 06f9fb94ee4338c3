import assert from "node:assert/strict";
import { join } from "node:path";
import { connectEngine } from "../../lib/engine/client.ts";
import { type EventMessage, readEvent } from "../../lib/engine/events.ts";
import type { EngineEvent } from "../../lib/plan/engine_event.ts";
import { startEngineProxy } from "../fakes/engine_proxy.ts";
import { engineTest } from "./harness.ts";

const MESSAGES: readonly [EventMessage, EngineEvent | undefined][] = [
  [
    {
      Type: "container",
      Action: "die",
      Actor: { ID: "c1", Attributes: { name: "web", exitCode: "1", image: "i" } },
    },
    {
      kind: "container",
      action: "die",
      id: "c1",
      name: "web",
      labels: { name: "web", exitCode: "1", image: "i" },
    },
  ],
  [
    {
      Type: "network",
      Action: "disconnect",
      Actor: { ID: "n1", Attributes: { name: "proxy", container: "c1" } },
    },
    { kind: "network", action: "disconnect", id: "n1", name: "proxy", container: "c1" },
  ],
  [
    { Type: "network", Action: "destroy", Actor: { ID: "n1", Attributes: { name: "proxy" } } },
    { kind: "network", action: "destroy", id: "n1", name: "proxy" },
  ],
  [
    { Type: "volume", Action: "destroy", Actor: { ID: "data", Attributes: { driver: "local" } } },
    { kind: "volume", action: "destroy", name: "data" },
  ],
  [{ Type: "container", Action: "die", Actor: { ID: "c1", Attributes: null } }, {
    kind: "container",
    action: "die",
    id: "c1",
    name: "",
    labels: {},
  }],
  [{ Type: "image", Action: "delete", Actor: { ID: "i1" } }, undefined],
  [{ Type: "network", Action: "create", Actor: { ID: "n1", Attributes: { name: "proxy" } } }, undefined],
  [{ Type: "container", Action: "create", Actor: { ID: "c1", Attributes: { name: "web" } } }, undefined],
];

for (const [message, expected] of MESSAGES) {
  Deno.test(`an event is read: ${JSON.stringify(message)}`, () => {
    assert.deepEqual(readEvent(message), expected);
  });
}

engineTest(
  "the engine's events come as they happen, until the connection breaks or nobody listens any more",
  async (t) => {
    const proxy = await startEngineProxy({ target: t.socketPath, socket: join(t.folder, "proxy.sock") });
    const engine = connectEngine({ dockerHost: proxy.dockerHost });
    const volume = `${t.project}_data`;
    const follow = (signal: AbortSignal) => {
      const connected = Promise.withResolvers<void>();
      const seen = Promise.withResolvers<EngineEvent>();
      const ended = (async () => {
        for await (const event of engine.events(signal, connected.resolve)) {
          if (event.kind === "volume" && event.name === volume) seen.resolve(event);
        }
      })();
      return { connected: connected.promise, seen: seen.promise, ended };
    };
    try {
      const listener = new AbortController();
      const left = follow(listener.signal);
      await left.connected;
      await t.docker(["volume", "create", volume]);
      await t.docker(["volume", "rm", volume]);
      assert.deepEqual(await left.seen, { kind: "volume", action: "destroy", name: volume });
      listener.abort();
      await left.ended;

      const broken = follow(t.signal);
      await broken.connected;
      const end = broken.ended.then(() => "ended", ({ name }) => name);
      await proxy.close();
      assert.match(await end, /^(ended|UnreachableError)$/);
      await assert.rejects(follow(t.signal).ended, /^HomeportError: Cannot reach the Docker Engine .*ENOENT/);
    } finally {
      engine.close();
      await proxy.close().catch(() => {});
    }
  },
  { compose: true },
);
