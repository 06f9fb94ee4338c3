/** Whole days of the loop, in moments. */
import assert from "node:assert/strict";
import { nextRun } from "../../lib/config/cron.ts";
import { HomeportError } from "../../lib/errors.ts";
import { Timetable } from "../../lib/reconcile/loop/timetable.ts";
import { web } from "./pass_fixture.ts";
import { saidOf, SimulatedHost } from "./simulated_host.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const CHANGED = web(", environment: { A: '2' }");

Deno.test("a day without news is a look at the repository and at the engine every minute, and nothing else", async () => {
  let state = 1;
  // Any sequence serves that does not repeat.
  const random = () => (state = (state * 16807) % 2147483647) / 2147483647;
  const host = new SimulatedHost({ random });
  await host.run(24 * HOUR);
  const gaps = host.syncs.slice(1).map(({ at }, index) => at - host.syncs[index]!.at);
  assert.ok(gaps.every((gap) => gap >= 54 * SECOND && gap <= 66 * SECOND), `${gaps}`);
  assert.ok(new Set(gaps).size > 100, "by chance");
  assert.ok(host.syncs.length >= 1310 && host.syncs.length <= 1600, `${host.syncs.length} passes`);
  assert.deepEqual(host.observed, host.syncs.map(({ at }) => at));
  assert.deepEqual(host.engine.executed, ["shop: create-container web-1", "shop: start-container web-1"]);
  assert.ok(saidOf(host, "pass-done").every(({ retries }) => retries.length === 0));
  await host.stop();
});

Deno.test("a newer commit is deployed by the next poll", async () => {
  const host = new SimulatedHost();
  await host.run(10 * SECOND);
  host.commit = "c2";
  host.stacks = { shop: CHANGED };
  await host.run(MINUTE);
  const [, second] = saidOf(host, "pass-done");
  assert.deepEqual([second!.triggers, second!.report.commit, second!.report.outcomes[0]!.result], [
    ["poll"],
    "c2",
    "deployed",
  ]);
  await host.stop();
});

Deno.test("polls and drift rely on what the engine told, and every other pass looks at everything", async () => {
  const host = new SimulatedHost();
  await host.run(5 * MINUTE);
  host.remove("shop-web-1");
  await host.run(MINUTE);
  assert.ok(saidOf(host, "pass-started").length > 5);
  assert.deepEqual(host.forgot, [0]);
  host.loop.trigger("request");
  await host.run(0);
  assert.deepEqual(host.forgot, [0, 6 * MINUTE]);
  await host.stop();
});

Deno.test("passes never overlap, and triggers during one are remembered once", async () => {
  const host = new SimulatedHost();
  host.before = () => host.clock.sleep(20 * SECOND, new AbortController().signal);
  await host.run(SECOND);
  for (let times = 0; times < 10; times++) {
    host.loop.trigger("reload");
    host.loop.trigger("request");
    await host.run(SECOND);
  }
  await host.run(49 * SECOND);
  const kinds = host.said.filter(({ kind }) => kind === "pass-started" || kind === "pass-done");
  assert.deepEqual(kinds.map(({ kind }) => kind), ["pass-started", "pass-done", "pass-started", "pass-done"]);
  assert.deepEqual(saidOf(host, "pass-started").map(({ triggers }) => triggers), [["start"], [
    "reload",
    "request",
  ]]);
  await host.stop();
});

Deno.test("a stack that fails is tried again after longer and longer pauses, and holds no other up", async () => {
  const host = new SimulatedHost();
  const tries: number[] = [];
  host.stacks = { shop: web(), bad: web() };
  host.before = (stack, operation) => {
    if (stack !== "bad" || operation !== "create-container") return;
    tries.push(host.clock.now() / SECOND);
    throw new HomeportError("disk full");
  };
  await host.run(HOUR + 40 * SECOND);
  assert.deepEqual(tries, [0, 5, 15, 35, 75, 155, 315, 635, 1235, 1835, 2435, 3035, 3635]);
  assert.deepEqual(host.engine.executed, ["shop: create-container web-1", "shop: start-container web-1"]);
  assert.ok(host.syncs.length > 55, "polls go on");

  host.commit = "c2";
  host.stacks = { ...host.stacks, shop: CHANGED };
  await host.run(MINUTE);
  assert.ok(tries[13]! < 3700, "a newer commit is a reason to try at once");
  assert.equal(tries[14]! - tries[13]!, 5, "and to begin with short pauses");
  assert.equal(host.engine.executed.length, 4);

  host.before = () => {};
  await host.run(MINUTE);
  assert.deepEqual(saidOf(host, "pass-done").at(-1)!.retries, []);
  assert.equal(host.engine.containers.length, 2);
  await host.stop();
});

Deno.test("what a person asks for is tried at once, whatever failed before", async () => {
  const host = new SimulatedHost();
  let tries = 0;
  host.before = () => {
    tries++;
    throw new HomeportError("disk full");
  };
  await host.run(10 * MINUTE);
  const before = tries;
  host.loop.trigger("reload");
  await host.run(0);
  assert.equal(tries, before + 1);
  await host.stop();
});

Deno.test("drift of a stack that fails does not hurry its next try", async () => {
  const host = new SimulatedHost();
  let tries = 0;
  await host.run(SECOND);
  host.stacks = { shop: CHANGED };
  host.commit = "c2";
  host.before = () => {
    tries++;
    throw new HomeportError("disk full");
  };
  await host.run(5 * MINUTE);
  const before = tries;
  host.end("shop-web-1");
  await host.run(2 * SECOND);
  assert.deepEqual(saidOf(host, "pass-started").at(-1)!.triggers, ["drift"]);
  assert.equal(tries, before);
  await host.stop();
});

Deno.test("secrets that cannot be had are asked for again soon, a wrong file only with the polls", async () => {
  for (const [consequence, times] of [["wait", [0, 5, 15, 35, 75]], ["stalled", [0, 60, 120]]] as const) {
    const host = new SimulatedHost();
    host.stacks = {};
    host.broken = [{ name: "shop", error: new HomeportError("no secret", { consequence }) }];
    await host.run(2 * MINUTE);
    assert.deepEqual(host.syncs.map(({ at }) => at / SECOND).slice(0, 5), times);
    await host.stop();
  }
});

Deno.test("a remote that is away is asked less and less often, and drift is mended meanwhile", async () => {
  const host = new SimulatedHost();
  await host.run(SECOND);
  host.isRemoteAway = true;
  await host.run(HOUR);
  const asked = host.syncs.filter(({ offline }) => offline !== "preferred").map(({ at }) => at / SECOND);
  assert.deepEqual(asked, [0, 60, 65, 75, 95, 135, 215, 375, 695, 1295, 1895, 2495, 3095]);
  host.remove("shop-web-1");
  await host.run(SECOND);
  assert.equal(host.engine.containers.length, 1);
  assert.deepEqual(saidOf(host, "pass-done").at(-1)!.triggers, ["drift"]);
  assert.equal(host.syncs.at(-1)!.offline, "preferred");
  host.isRemoteAway = false;
  await host.run(10 * MINUTE);
  const [last, before] = host.syncs.toReversed();
  assert.equal(last!.at - before!.at, MINUTE, "polls go on");
  await host.stop();
});

Deno.test("an engine that is away is asked less and less often, and a pass is made as soon as it is back", async () => {
  const host = new SimulatedHost();
  await host.run(SECOND);
  host.breakEngine();
  const before = host.observed.length;
  await host.run(30 * MINUTE);
  assert.equal(saidOf(host, "engine-lost").length, 1);
  const tries = host.observed.slice(before).map((at) => at / SECOND);
  assert.deepEqual(tries, [60, 65, 75, 95, 135, 215, 375, 695, 1295]);
  assert.ok(host.syncs.length >= 30, "polls go on");
  host.engine.containers = [];
  host.isEngineAway = false;
  await host.run(5 * SECOND);
  assert.equal(saidOf(host, "engine-back").length, 1);
  assert.equal(host.engine.containers.length, 1);
  assert.deepEqual(saidOf(host, "pass-done").at(-1)!.triggers, ["engine"]);
  await host.stop();
});

Deno.test("a newer commit is deployed although the one before could not even be planned", async () => {
  const host = new SimulatedHost();
  await host.run(SECOND);
  host.breakEngine();
  await host.run(20 * MINUTE);
  // The stream is not back, and nothing but the commit says that there is something new.
  const observe = host.engine.observe.bind(host.engine);
  host.engine.observe = (...args) => {
    host.isEngineAway = false;
    const observed = observe(...args);
    host.isEngineAway = true;
    return observed;
  };
  host.commit = "c2";
  host.stacks = { shop: CHANGED };
  await host.run(61 * SECOND);
  assert.equal(saidOf(host, "pass-done").at(-1)!.report.commit, "c2");
  await host.stop();
});

Deno.test("an engine whose streams break at once does not keep the host busy", async () => {
  const host = new SimulatedHost();
  await host.run(SECOND);
  let connections = 0;
  host.events = (_signal, onConnected) => {
    connections++;
    onConnected();
    throw new Error("broken");
  };
  host.breakEngine();
  host.isEngineAway = false;
  await host.run(10 * MINUTE);
  assert.ok(connections > 100 && connections < 140, `${connections} connections`);
  await host.stop();
});

Deno.test("a removed container is back within the second, and one that ends over and over waits longer and longer", async () => {
  const host = new SimulatedHost();
  await host.run(10 * SECOND);
  host.remove("shop-web-1");
  await host.run(SECOND);
  assert.equal(host.engine.containers.length, 1);
  assert.equal(saidOf(host, "pass-done").length, 2);
  const before = host.syncs.length;
  let starts = 0;
  host.before = (_, operation) => {
    if (operation !== "start-container") return;
    starts++;
    host.clock.sleep(100, new AbortController().signal).then(() => host.end("shop-web-1"));
  };
  host.end("shop-web-1");
  await host.run(HOUR);
  assert.ok(starts > 60 && starts < 200, `${starts} starts`);
  assert.ok(host.syncs.length - before < 250, `${host.syncs.length - before} passes`);
  await host.stop();
});

Deno.test("an end during a pass lets the operation in hand come through, and begins no other", async () => {
  const host = new SimulatedHost();
  host.before = async () => {
    host.abort();
    await host.clock.sleep(5 * SECOND, new AbortController().signal);
  };
  await host.run(10 * SECOND);
  assert.deepEqual(host.engine.executed, ["shop: create-container web-1"]);
  assert.deepEqual(host.said.slice(-3).map(({ kind }) => kind), ["pass-event", "pass-done", "stopped"]);
  assert.equal(saidOf(host, "pass-done")[0]!.report.outcomes[0]!.result, "interrupted");
  assert.equal(saidOf(host, "stopping").length, 1);
  await host.stop();
});

Deno.test("an end while the loop rests is at once, and leaves nothing behind that waits", async () => {
  const host = new SimulatedHost();
  await host.run(SECOND);
  await host.stop();
  assert.equal(host.said.at(-1)!.kind, "stopped");
  const said = host.said.length;
  await host.run(HOUR);
  assert.equal(host.said.length, said);
});

Deno.test("the first pass does not wait for ever for an engine that does not answer", async () => {
  const host = new SimulatedHost();
  // deno-lint-ignore require-yield -- no event comes
  host.events = async function* (signal) {
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  };
  await host.run(4 * SECOND);
  assert.equal(host.syncs.length, 0);
  await host.run(2 * SECOND);
  assert.equal(host.syncs.length, 1);
  await host.stop();
});

Deno.test("an engine's stream that does not hear of the end does not keep the loop from it", async () => {
  const host = new SimulatedHost();
  // deno-lint-ignore require-yield -- no event comes
  host.events = async function* (_signal, onConnected) {
    onConnected();
    await new Promise(() => {});
  };
  await host.run(MINUTE);
  host.abort();
  await host.run(SECOND);
  assert.equal(host.said.at(-1)!.kind, "stopped");
});

Deno.test("images are cleaned up once a night, between two passes, and a failure stops nothing", async () => {
  const host = new SimulatedHost();
  host.before = () => host.clock.sleep(MINUTE, new AbortController().signal);
  host.cleanUp = async () => {
    assert.ok(host.isLocked, "it works in the data folder");
    const before = host.syncs.length;
    host.loop.trigger("request");
    await host.clock.sleep(10 * MINUTE, new AbortController().signal);
    assert.equal(host.syncs.length, before, "no pass begins meanwhile");
    throw new HomeportError("no engine");
  };
  await host.run(28 * HOUR);
  host.stacks = { shop: CHANGED };
  host.commit = "c2";
  await host.run(20 * HOUR + 10 * MINUTE);
  const nights = host.cleanups.map((at) => at / HOUR);
  assert.deepEqual(nights.map(Math.floor), [4, 28]);
  assert.deepEqual(nights.map((at) => Math.round(at % 24 * 10) / 10), [4.5, 4.5]);
  assert.equal(saidOf(host, "cleanup-failed").length, 2);
  assert.ok(saidOf(host, "pass-started").some(({ triggers }) => triggers.includes("request")));
  await host.stop();
});

Deno.test("registries are asked when it is time, a little later by chance, and only then", async () => {
  const asked: number[] = [];
  const update = {
    kind: "digest",
    stack: "shop",
    services: ["web"],
    reference: "app:1",
    from: `sha256:${"1".repeat(64)}`,
    to: `sha256:${"2".repeat(64)}`,
  } as const;
  const host = new SimulatedHost({
    updates: (now) => ({
      timetable: new Timetable((after) => nextRun("0 4 * * *", { timeZone: "UTC", after }), now),
      jitter: 10 * MINUTE,
      finder: {
        find: () => {
          asked.push(host.clock.now());
          return Promise.resolve({ available: [update], skipped: [], failed: [] });
        },
      },
    }),
  });
  await host.run(52 * HOUR + 30 * MINUTE);
  assert.deepEqual(asked.map((at) => at / MINUTE), [4 * 60 + 5, 28 * 60 + 5, 52 * 60 + 5]);
  const passes = saidOf(host, "pass-done").filter(({ triggers }) => triggers.includes("update"));
  assert.deepEqual(passes.map(({ report }) => report.updates?.available), [[update], [update], [update]]);
  const pulls = host.engine.executed.filter((each) => each.includes("pull"));
  assert.deepEqual(pulls, Array(3).fill("shop: pull-image app:1"));
  await host.stop();
});
