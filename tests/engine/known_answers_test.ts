import assert from "node:assert/strict";
import { join } from "node:path";
import { connectEngine } from "../../lib/engine/client.ts";
import { KnownAnswers } from "../../lib/engine/known_answers.ts";
import type { Observed } from "../../lib/plan/observed.ts";
import { startEngineProxy } from "../fakes/engine_proxy.ts";
import { engineTest } from "./harness.ts";

const HOUR = 60 * 60_000;

class Asked {
  readonly known: KnownAnswers;
  now = 0;
  times = 0;

  constructor() {
    this.known = new KnownAnswers(() => this.now);
  }

  /** Whether the engine is asked. */
  async look(meanwhile: () => void = () => {}): Promise<boolean> {
    const before = this.times;
    const value = await this.known.get("volume", "", () => {
      meanwhile();
      return Promise.resolve(++this.times);
    });
    assert.equal(value, this.times, "it is the last answer");
    return this.times > before;
  }
}

const CASES: readonly [name: string, asks: boolean, happens: (asked: Asked) => void | Promise<unknown>][] = [
  ["nothing", false, () => {}],
  ["an event of another kind", false, ({ known }) => known.hear({ Type: "network" })],
  ["an event of a kind that nobody asks for", false, ({ known }) => known.hear({ Type: "plugin" })],
  ["an event of its kind", true, ({ known }) => known.hear({ Type: "volume" })],
  ["events may be missed", true, ({ known }) => known.lost()],
  ["events were missed", true, ({ known }) => {
    known.lost();
    known.followed();
  }],
  ["an operation", true, ({ known }) => known.during(() => Promise.resolve())],
  ["an operation that fails", true, ({ known }) => known.during(() => Promise.reject()).catch(() => {})],
  ["somebody who wants to be sure", true, ({ known }) => known.forget()],
  ["most of an hour", false, (asked) => void (asked.now += HOUR - 1)],
  ["an hour", true, (asked) => void (asked.now += HOUR)],
];

for (const [name, asks, happens] of CASES) {
  Deno.test(`the engine is ${asks ? "asked again" : "not asked again"} after ${name}`, async () => {
    const asked = new Asked();
    asked.known.followed();
    assert.equal(await asked.look(), true);
    await happens(asked);
    assert.equal(await asked.look(), asks);
  });
}

Deno.test("an answer is not kept that may have been overtaken while it was on its way", async () => {
  const overtaking: readonly ((known: KnownAnswers) => void)[] = [
    (known) => known.hear({ Type: "volume" }),
    (known) => known.forget(),
    (known) => known.followed(),
    (known) => void known.during(() => Promise.resolve()),
  ];
  for (const happens of overtaking) {
    const asked = new Asked();
    asked.known.followed();
    await asked.look(() => happens(asked.known));
    assert.equal(await asked.look(), true, `${happens}`);
    assert.equal(await asked.look(), false, `${happens}`);
  }
});

Deno.test("nothing is kept during an operation, nor while nobody follows the events", async () => {
  const asked = new Asked();
  assert.deepEqual([await asked.look(), await asked.look()], [true, true]);
  asked.known.followed();
  await asked.known.during(async () => {
    assert.deepEqual([await asked.look(), await asked.look()], [true, true]);
  });
  assert.deepEqual([await asked.look(), await asked.look()], [true, false]);
});

Deno.test("questions about one kind are told apart", async () => {
  const known = new KnownAnswers(() => 0);
  known.followed();
  const ask = (key: string) => known.get("image", key, () => Promise.resolve(key));
  assert.deepEqual([await ask("a"), await ask("b"), await ask("a")], ["a", "b", "a"]);
});

engineTest(
  "while events are followed a look costs one request, and sees every change that they tell of",
  async (t) => {
    const proxy = await startEngineProxy({ target: t.socketPath, socket: join(t.folder, "proxy.sock") });
    const engine = connectEngine({ dockerHost: proxy.dockerHost });
    const tag = `${t.project}:1`;
    const volume = `${t.project}_data`;
    const images = [{ image: tag }, { image: t.images.one, platform: "linux/amd64" }];
    const look = async () => {
      const before = proxy.requests.length;
      const observed = await engine.observe(images, t.signal);
      return { observed, asked: proxy.requests.slice(before).map(({ path }) => path.replace(/\?.*/, "")) };
    };
    const until = async (isSeen: (observed: Observed) => boolean) => {
      while (!isSeen((await look()).observed)) t.signal.throwIfAborted();
    };
    const hasVolume = ({ volumes }: Observed) => volumes.some(({ name }) => name === volume);
    const quiet = async () => {
      // Other tests work on this engine, too.
      for (let asked = ["?"]; asked.join() !== "/containers/json"; { asked } = await look()) {
        t.signal.throwIfAborted();
      }
    };
    const listener = new AbortController();
    try {
      assert.ok((await look()).asked.includes("/volumes"));
      assert.ok((await look()).asked.includes("/volumes"), "nobody follows the events yet");
      const connected = Promise.withResolvers<void>();
      const kinds = new Set<string>();
      const ended = (async () => {
        for await (const event of engine.events(listener.signal, connected.resolve)) {
          kinds.add(`${event.kind} ${event.action}`);
        }
      })();
      await connected.promise;
      await look();
      await quiet();
      await t.docker(["volume", "create", volume]);
      await until(hasVolume);
      await t.docker(["volume", "rm", volume]);
      await until((observed) => !hasVolume(observed));
      await t.docker(["tag", t.images.one, tag]);
      await until(({ images }) => images[tag] !== undefined);
      await t.docker(["rmi", tag]);
      await until(({ images }) => images[tag] === undefined);
      await t.docker(["network", "create", "--subnet", `${t.subnet}.0/28`, t.project]);
      await until(({ networks }) => networks.some(({ name }) => name === t.project));
      await t.docker(["network", "rm", t.project]);
      await until(({ networks }) => !networks.some(({ name }) => name === t.project));
      await quiet();
      engine.forget();
      assert.ok((await look()).asked.includes("/networks"));
      listener.abort();
      await ended;
      assert.ok((await look()).asked.includes("/networks"), "nobody follows them any more");
      assert.ok(kinds.has("volume destroy") && kinds.has("network destroy"));
      assert.ok(![...kinds].some((kind) => /create|tag|image/.test(kind)), `no drift: ${[...kinds]}`);
    } finally {
      listener.abort();
      engine.close();
      await proxy.close();
    }
  },
  { compose: true },
);
