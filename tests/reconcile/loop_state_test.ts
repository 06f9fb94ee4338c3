/** What the loop keeps and goes by: suspensions, drift that comes again, windows, and others that work in the data folder. */
import assert from "node:assert/strict";
import { HomeportError } from "../../lib/errors.ts";
import { ALL_STACKS } from "../../lib/reconcile/state/stack_state.ts";
import type { StackOutcome } from "../../lib/reconcile/report.ts";
import { web } from "./pass_fixture.ts";
import { saidOf, SimulatedHost } from "./simulated_host.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const CHANGED = web(", environment: { A: '2' }");

function lastOutcomes(host: SimulatedHost): Readonly<Record<string, StackOutcome>> {
  const { outcomes } = saidOf(host, "pass-done").at(-1)!.report;
  return Object.fromEntries(outcomes.map((outcome) => [outcome.stack, outcome]));
}

function resultsOf(host: SimulatedHost): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.values(lastOutcomes(host)).map(({ stack, result }) => [stack, result]));
}

async function running(stacks?: SimulatedHost["stacks"]): Promise<SimulatedHost> {
  const host = new SimulatedHost();
  host.keep();
  if (stacks !== undefined) host.stacks = stacks;
  await host.run(SECOND);
  return host;
}

Deno.test("what was asked for and reached is kept; a pass with nothing to do writes nothing", async () => {
  const host = await running();
  const state = host.state!;
  const { intended, good, ...rest } = state.of("shop");
  assert.deepEqual(rest, { rejected: [], heals: [] });
  assert.equal(good.length, 1);
  assert.deepEqual([good[0]!.commit, intended!.commit, good[0]!.stackHash], [
    "c1",
    "c1",
    intended!.stackHash,
  ]);
  assert.deepEqual(Object.keys(good[0]!.images), ["web"]);
  const { written } = state;
  assert.equal(written, 2, "once before, and once after");
  await host.run(HOUR);
  assert.equal(state.written, written);

  host.commit = "c2";
  await host.run(2 * MINUTE);
  assert.deepEqual(state.of("shop").good, [{ ...good[0]!, commit: "c2" }], "it goes along with HEAD");
  await host.stop();
});

Deno.test("of the last five different states each is kept once, the newest first", async () => {
  const host = await running();
  for (const each of [1, 2, 3, 4, 5, 6, 3]) {
    host.commit = `d${each}`;
    host.stacks = { shop: web(`, environment: { A: '${each}' }`) };
    await host.run(2 * MINUTE);
  }
  assert.deepEqual(host.state!.of("shop").good.map(({ commit }) => commit), ["d3", "d6", "d5", "d4", "d2"]);
  await host.stop();
});

Deno.test("what fails is asked for and not reached, until it is", async () => {
  const host = await running();
  host.before = () => {
    throw new HomeportError("disk full");
  };
  host.commit = "c2";
  host.stacks = { shop: CHANGED };
  await host.run(2 * MINUTE);
  const failed = host.state!.of("shop");
  assert.deepEqual([failed.intended!.commit, failed.good[0]!.commit], ["c2", "c1"]);
  const { written } = host.state!;
  await host.run(20 * MINUTE);
  assert.equal(host.state!.written, written, "failing again is nothing new");
  host.before = () => {};
  await host.run(20 * MINUTE);
  assert.deepEqual(host.state!.of("shop").good.map(({ commit }) => commit), ["c2", "c1"]);
  await host.stop();
});

Deno.test("a stack that is gone from Git is forgotten, and one beside it is not", async () => {
  const host = await running({ a: web(), b: web(), c: web() });
  host.stacks = { a: web(), b: web() };
  await host.run(2 * MINUTE);
  assert.deepEqual(Object.keys(host.state!.state.stacks), ["a", "b"]);
  await host.stop();
});

Deno.test("a state that cannot be written costs a warning, and no pass", async () => {
  const host = new SimulatedHost();
  host.keep().failure = "the disk is full";
  await host.run(SECOND);
  const warnings = saidOf(host, "pass-event").flatMap(({ event }) =>
    event.kind === "journal-warning" ? [event.message] : []
  );
  assert.deepEqual([...new Set(warnings)], ["the disk is full"]);
  assert.deepEqual(resultsOf(host), { shop: "deployed" });
  await host.stop();
});

Deno.test("a suspended stack is neither deployed nor put back nor taken down, and the others go on", async () => {
  const host = await running({ a: web(), b: web(), c: web(), d: web(), e: web() });
  const since = host.today().toISOString();
  host.state!.given = { a: { since, reason: "moving" }, d: { since } };
  host.stacks = { a: CHANGED, b: CHANGED, c: web(), e: web() };
  host.settings = { c: { suspend: true } };
  host.commit = "c2";
  const executed = host.engine.executed.length;
  host.remove("c-web-1");
  await host.run(2 * MINUTE);
  assert.deepEqual(resultsOf(host), {
    a: "suspended",
    b: "unchanged",
    c: "suspended",
    d: "suspended",
    e: "unchanged",
  });
  assert.ok(host.engine.executed.slice(executed).every((each) => each.startsWith("b: ")));
  const { a, c } = lastOutcomes(host);
  assert.equal(a!.reason, "suspended since 2026-01-02 12:00 UTC (moving): homeport resume a ends it");
  assert.match(c!.reason!, /x-homeport in its files or stackSettings/);

  const entries = host.records.flatMap(({ stacks }) => stacks.filter(({ stack }) => stack === "a"));
  assert.deepEqual(entries.filter(({ outcome }) => outcome === "suspended").length, 1, "told once");
  const { written } = host.state!;
  await host.run(10 * MINUTE);
  assert.equal(host.state!.written, written);

  host.state!.given = {};
  host.settings = {};
  host.watch.tell();
  await host.run(SECOND);
  assert.deepEqual(saidOf(host, "pass-started").at(-1)!.triggers, ["request"]);
  assert.deepEqual(resultsOf(host), {
    a: "deployed",
    b: "unchanged",
    c: "deployed",
    d: "pruned",
    e: "unchanged",
  });
  await host.stop();
});

Deno.test("a suspended stack whose files are broken or that lacks secrets is suspended and no more", async () => {
  const host = await running();
  host.state!.given = { bad: { since: host.today().toISOString() } };
  host.broken = [{ name: "bad", error: new HomeportError("no"), waitsFor: "secrets" }];
  await host.run(2 * MINUTE);
  assert.deepEqual(resultsOf(host), { bad: "suspended", shop: "unchanged" });
  await host.stop();
});

Deno.test("while all are suspended nothing is done, not even for new stacks and for those that are gone", async () => {
  const host = await running({ a: web(), b: web(), c: web() });
  host.state!.given = { [ALL_STACKS]: { since: host.today().toISOString() } };
  const executed = host.engine.executed.length;
  host.stacks = { a: CHANGED, b: web(), d: web() };
  await host.run(5 * MINUTE);
  assert.equal(host.engine.executed.length, executed);
  assert.match(lastOutcomes(host)["d"]!.reason!, /homeport resume --all ends it$/);
  await host.stop();
});

Deno.test("a suspension that ends by itself is followed by a pass at that moment", async () => {
  const host = await running();
  const begin = host.clock.now();
  const at = (minutes: number) => new Date(host.today().getTime() + minutes * MINUTE).toISOString();
  host.state!.given = { shop: { since: at(0), until: at(30.5) } };
  host.stacks = { shop: CHANGED };
  host.watch.tell();
  await host.run(30 * MINUTE);
  assert.deepEqual(resultsOf(host), { shop: "suspended" });
  await host.run(HOUR);
  const deployed = saidOf(host, "pass-done").find(({ triggers }) => triggers.includes("resume"))!;
  assert.deepEqual(deployed.report.outcomes.map(({ result }) => result), ["deployed"]);
  const syncs = host.syncs.map(({ at }) => at - begin);
  assert.ok(syncs.some((each) => each >= 30.5 * MINUTE && each < 30.5 * MINUTE + SECOND), `${syncs}`);
  assert.deepEqual(host.state!.given, {});
  await host.stop();
});

Deno.test("drift that comes again and again is put back so often, and then held, told once, and tried again in time", async () => {
  const host = await running();
  for (let times = 0; times < 5; times++) {
    host.remove("shop-web-1");
    await host.run(MINUTE);
    assert.equal(host.engine.containers.length, 1, `put back ${times + 1}`);
  }
  host.remove("shop-web-1");
  await host.run(MINUTE);
  assert.equal(host.engine.containers.length, 0);
  const { hold, reason, known } = lastOutcomes(host)["shop"]!;
  assert.deepEqual([hold, known], ["drift", true], "the second pass tells nothing new");
  assert.match(reason!, /^put back 5 times within 10 min, and changed again: .*homeport resume shop$/);
  assert.equal(host.state!.of("shop").hold!.kind, "drift");
  const held = host.records.filter(({ stacks }) => stacks.some(({ outcome }) => outcome === "held"));
  assert.equal(held.length, 1);

  await host.run(8 * MINUTE);
  assert.equal(host.engine.containers.length, 0);
  await host.run(2 * MINUTE);
  assert.equal(host.engine.containers.length, 1, "its time has passed");
  assert.equal(host.state!.of("shop").hold, undefined);
  await host.stop();
});

const LIFTS: Readonly<Record<string, (host: SimulatedHost) => void>> = {
  "a person asks for a pass": (host) => host.loop.trigger("reload"),
  "Git has another version of it": (host) => {
    host.commit = "c2";
    host.stacks = { shop: CHANGED };
    host.loop.trigger("request");
  },
  "it is resumed": (host) => {
    const { hold: _hold, ...stack } = host.state!.of("shop");
    host.state!.state = { ...host.state!.state, stacks: { shop: { ...stack, heals: [] } } };
    host.watch.tell();
  },
};

for (const [what, lift] of Object.entries(LIFTS)) {
  Deno.test(`a stack that is held because of drift is put back once ${what}`, async () => {
    const host = await running();
    for (let times = 0; times < 6; times++) {
      host.remove("shop-web-1");
      await host.run(30 * SECOND);
    }
    assert.equal(host.engine.containers.length, 0);
    host.watch.tell();
    await host.run(SECOND);
    assert.equal(host.engine.containers.length, 0, "another command alone lifts nothing");
    lift(host);
    await host.run(SECOND);
    assert.equal(host.engine.containers.length, 1);
    assert.equal(host.state!.of("shop").hold, undefined);
    host.remove("shop-web-1");
    await host.run(MINUTE);
    assert.equal(host.engine.containers.length, 1, "and counted anew");
    await host.stop();
  });
}

Deno.test("a container that ends as soon as it is started is held soon, and started again now and then", async () => {
  const host = await running({
    shop: 'services: { web: { image: "app:1", network_mode: none, restart: "no" } }',
  });
  let starts = 0;
  const execute = host.engine.execute.bind(host.engine);
  host.engine.execute = async (operation, context) => {
    await execute(operation, context);
    if (operation.kind !== "start-container") return;
    starts++;
    host.end("shop-web-1");
  };
  host.end("shop-web-1");
  await host.run(MINUTE);
  assert.ok(starts >= 3 && starts <= 5, `${starts} starts in a minute`);
  await host.run(HOUR);
  assert.ok(starts >= 8 && starts <= 40, `${starts} starts in an hour`);
  await host.stop();
});

Deno.test("what is only to be told is told once, and left, until a person names the stack or Git changes it", async () => {
  const host = await running({ shop: web(), other: web() });
  host.settings = { shop: { drift: "report" } };
  const passes = host.records.length;
  host.remove("shop-web-1");
  host.remove("other-web-1");
  await host.run(3 * MINUTE);
  assert.deepEqual(host.engine.containers.map(({ name }) => name), ["other-web-1"]);
  const { result, hold, reason, errors } = lastOutcomes(host)["shop"]!;
  assert.deepEqual([result, hold, errors], ["held", "reported", []]);
  assert.match(reason!, /^drift: .*web.*: homeport apply --stack shop puts it back$/);
  const told = host.records.slice(passes).filter(({ stacks }) =>
    stacks.some(({ outcome }) => outcome === "held")
  );
  assert.equal(told.length, 1);
  assert.equal(host.state!.of("shop").hold, undefined);
  host.commit = "c2";
  host.stacks = { ...host.stacks, shop: CHANGED };
  await host.run(MINUTE);
  assert.equal(host.engine.containers.length, 2);
  assert.equal(host.state!.of("shop").left, undefined);
  await host.stop();
});

Deno.test("images that came are no drift", async () => {
  const host = await running();
  host.settings = { shop: { drift: "report" } };
  host.engine.images = { ...host.engine.images, "app:1": host.engine.images["app:2"]! };
  await host.run(2 * MINUTE);
  assert.deepEqual(
    saidOf(host, "pass-done").slice(-2).map(({ report }) => report.outcomes[0]!.result).sort(),
    [
      "deployed",
      "unchanged",
    ],
  );
  assert.deepEqual(host.state!.of("shop").heals, []);
  assert.equal(
    host.state!.of("shop").good.length,
    2,
    "the same files with another image are another good state",
  );
  await host.stop();
});

Deno.test("the history says what the engine told", async () => {
  const host = await running();
  const { id, labels } = host.engine.containers[0]!;
  const died = { ...labels, exitCode: "137" };
  host.engine.containers[0]!.state = "exited";
  host.tell({ kind: "container", action: "kill", id, name: "shop-web-1", labels });
  host.tell({ kind: "container", action: "die", id, name: "shop-web-1", labels: died });
  await host.run(SECOND);
  assert.deepEqual(host.records.at(-1)!.trigger, "drift (container shop-web-1 died (exit 137))");
  await host.stop();
});

Deno.test("while a window is open nothing new is fetched or deployed, drift is put back, and its end is a pass", async () => {
  const host = await running({ shop: web(), other: web() });
  // The simulated clock begins on Friday, 12:00 UTC.
  host.windows = [{ cron: "10 12 * * 5", duration: 2 * HOUR, timeZone: "UTC" }];
  await host.run(11 * MINUTE);
  const opened = saidOf(host, "window-opened");
  assert.deepEqual(opened.map(({ closesAt }) => closesAt.toISOString()), ["2026-01-02T14:10:00.000Z"]);
  const asked = host.syncs.length;
  host.commit = "c2";
  host.stacks = { shop: CHANGED, other: web() };
  await host.run(30 * MINUTE);
  assert.equal(host.syncs.length, asked, "no polls");
  host.remove("other-web-1");
  await host.run(SECOND);
  assert.deepEqual(host.syncs.slice(asked).map(({ offline }) => offline), ["preferred"]);
  assert.deepEqual(resultsOf(host), { other: "deployed", shop: "held" });
  assert.match(
    lastOutcomes(host)["shop"]!.reason!,
    /a maintenance window is open until 2026-01-02 14:10 UTC/,
  );
  host.loop.trigger("reload");
  await host.run(SECOND);
  assert.equal(lastOutcomes(host)["shop"]!.result, "held");
  await host.run(90 * MINUTE);
  assert.equal(saidOf(host, "window-closed").length, 1);
  const after = saidOf(host, "pass-done").find(({ triggers }) => triggers.includes("window"))!;
  assert.deepEqual(after.report.outcomes.map(({ result }) => result).sort(), ["deployed", "unchanged"]);
  const at = host.syncs.find(({ at, offline }) => at > 100 * MINUTE && offline === "allowed")!.at;
  assert.ok(at >= 130 * MINUTE && at < 131 * MINUTE, `${at}`);
  await host.run(10 * MINUTE);
  assert.ok(host.syncs.at(-1)!.at > 138 * MINUTE, "polls go on");
  await host.stop();
});

Deno.test("a window keeps nobody busy who could not reach the remote before it", async () => {
  const host = await running();
  host.isRemoteAway = true;
  await host.run(5 * MINUTE);
  host.windows = [{ cron: "0 12 * * 5", duration: 3 * HOUR, timeZone: "UTC" }];
  const before = host.said.length;
  await host.run(2 * HOUR);
  assert.ok(host.said.length - before < 100, `${host.said.length - before} events`);
  await host.stop();
});

Deno.test("a window that takes nothing down says so", async () => {
  const host = await running({ a: web(), b: web(), c: web() });
  host.windows = [{ cron: "* * * * *", duration: HOUR, timeZone: "UTC" }];
  host.stacks = { a: web(), b: web() };
  host.loop.trigger("request");
  await host.run(MINUTE);
  assert.deepEqual(resultsOf(host), { a: "unchanged", b: "unchanged", c: "held" });
  assert.equal(host.engine.containers.length, 3);
  await host.stop();
});

Deno.test("a large prune waits for a person, and everything else goes on, drift included", async () => {
  const host = await running({ a: web(), b: web(), c: web() });
  host.stacks = { c: CHANGED };
  host.commit = "c2";
  await host.run(2 * MINUTE);
  host.remove("c-web-1");
  await host.run(MINUTE);
  assert.deepEqual(resultsOf(host), { a: "held", b: "held", c: "unchanged" });
  assert.deepEqual(host.engine.containers.map(({ name }) => name).sort(), ["a-web-1", "b-web-1", "c-web-1"]);
  assert.deepEqual(saidOf(host, "pass-done").at(-1)!.retries, []);
  const held = host.records.filter(({ stacks }) => stacks.some(({ outcome }) => outcome === "held"));
  assert.equal(held.length, 1, "told once");
  await host.stop();
});

Deno.test("each pass waits for others that work in the data folder, and holds the lock no longer than it takes", async () => {
  const host = new SimulatedHost();
  const free = Promise.withResolvers<void>();
  let held = 0;
  let most = 0;
  host.lock = async () => {
    await free.promise;
    most = Math.max(most, ++held);
    return { [Symbol.dispose]: () => void held-- };
  };
  await host.run(10 * MINUTE);
  assert.equal(host.syncs.length, 0);
  free.resolve();
  await host.run(5 * MINUTE);
  assert.ok(host.syncs.length >= 5);
  assert.deepEqual([held, most], [0, 1]);
  assert.deepEqual(host.watch.passes.slice(0, 4), ["begins", "ends", "begins", "ends"]);
  await host.stop();
});

Deno.test("an end while a pass waits for others is at once", async () => {
  const host = new SimulatedHost();
  host.lock = (signal) =>
    new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  await host.run(MINUTE);
  await host.stop();
  assert.equal(host.said.at(-1)!.kind, "stopped");
  assert.deepEqual([host.syncs.length, saidOf(host, "pass-failed").length], [0, 0]);
});
