import assert from "node:assert/strict";
import { HomeportError } from "../../lib/errors.ts";
import type { ServiceContainer } from "../../lib/plan/service_container.ts";
import { type GateProgress, type GateResult, watchHealth } from "../../lib/reconcile/health/health_gate.ts";
import { SimulatedClock } from "../fakes/simulated_clock.ts";
import { loadStack } from "../plan/fixture.ts";

const RUNNING: ServiceContainer = {
  id: "c1",
  name: "shop-web-1",
  service: "web",
  state: "running",
  exitCode: 0,
  startedAt: "first",
  restartCount: 0,
  restart: { name: "always", retries: 0 },
};
const STARTING: ServiceContainer = { ...RUNNING, health: "starting" };
const HEALTHY: ServiceContainer = { ...RUNNING, health: "healthy" };

/** What the engine shows from a time on; `away`: it cannot be reached. `mute`: it does not answer. */
type Timeline = Readonly<Record<number, ServiceContainer | "away" | "mute">>;

function watch(timeline: Timeline, gate = { timeout: 60_000, stable: 5_000 }, progress?: GateProgress) {
  const clock = new SimulatedClock();
  const controller = new AbortController();
  const looks: number[] = [];
  const said: string[] = [];
  let ended: { readonly at: number; readonly result: GateResult } | undefined;
  const inspectProject = (_: string, signal: AbortSignal): Promise<readonly ServiceContainer[]> => {
    looks.push(clock.now());
    const [, now] = Object.entries(timeline).filter(([at]) => Number(at) <= clock.now()).at(-1)!;
    if (now === "away") return Promise.reject(new HomeportError("no engine", { consequence: "retry" }));
    if (now !== "mute") return Promise.resolve([now]);
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  };
  watchHealth({
    engine: { inspectProject, logTail: (id) => Promise.resolve([`${id} says`, "goodbye"]) },
    stack: loadStack("shop", 'services: { web: { image: "app:1" } }'),
    gate,
    clock,
    signal: controller.signal,
    progress,
    onWaiting: (message) => said.push(message),
  }).then((result) => ended = { at: clock.now(), result });
  return { clock, controller, looks, said, ended: () => ended };
}

async function endOf(
  timeline: Timeline,
  gate?: { readonly timeout: number; readonly stable: number },
  progress?: GateProgress,
) {
  const watched = watch(timeline, gate, progress);
  await watched.clock.advance(10 * 60_000);
  const ended = watched.ended();
  assert.ok(ended, "it never ended");
  const { result, at } = ended;
  return { ...watched, at, result, message: result.kind === "failed" ? result.error.message : "" };
}

Deno.test("the gate is passed once everything has run for so long", async () => {
  const { at, result, said, looks } = await endOf({ 0: RUNNING });
  assert.deepEqual([result.kind, at], ["passed", 5_000]);
  assert.deepEqual(said, ["everything is up: waiting whether it stays so for 5 s"]);
  assert.equal(looks.length, 21);
});

Deno.test("without a time to stay so one look is enough", async () => {
  const { at, result, looks } = await endOf({ 0: RUNNING }, { timeout: 60_000, stable: 0 });
  assert.deepEqual([result.kind, at, looks.length], ["passed", 0, 1]);
});

Deno.test("the gate waits for a service to become healthy, and looks less often after a while", async () => {
  const { at, result, said, looks } = await endOf({ 0: STARTING, 30_000: HEALTHY });
  assert.deepEqual([result.kind, at], ["passed", 35_000]);
  assert.deepEqual(said, [
    "waiting for web to become healthy",
    "everything is up: waiting whether it stays so for 5 s",
  ]);
  assert.equal(looks.length, 20 + 31);
});

Deno.test("a service that is unhealthy until the end has failed, and its last lines are told", async () => {
  const { at, result, message } = await endOf({ 0: STARTING, 20_000: { ...RUNNING, health: "unhealthy" } });
  assert.equal(at, 60_000);
  assert.equal(result.kind === "failed" && result.isOwnFault, true);
  assert.equal(
    message,
    "Service web of stack shop did not get ready within 60 s: container shop-web-1 is unhealthy\n  | c1 says\n  | goodbye",
  );
});

Deno.test("who is ready in time may stay so beyond it, and no longer than that", async () => {
  const late = await endOf({ 0: STARTING, 58_000: HEALTHY });
  assert.deepEqual([late.result.kind, late.at], ["passed", 63_000]);
  const long = await endOf({ 0: RUNNING }, { timeout: 10_000, stable: 120_000 });
  assert.deepEqual([long.result.kind, long.at], ["passed", 120_000]);
  const again = await endOf({ 0: STARTING, 58_000: HEALTHY, 61_000: { ...HEALTHY, restartCount: 1 } });
  assert.deepEqual([again.result.kind, again.at], ["failed", 61_000]);
});

Deno.test("what has failed for good is not waited for", async () => {
  const failed: ServiceContainer = {
    ...RUNNING,
    state: "exited",
    exitCode: 3,
    restart: { name: "no", retries: 0 },
  };
  const { at, result, message } = await endOf({ 0: RUNNING, 3_000: failed });
  assert.deepEqual([result.kind, at], ["failed", 4_000]);
  assert.match(message, /did not get ready: container shop-web-1 ended with exit code 3\n/);
  const restarted = await endOf({ 0: RUNNING, 3_000: failed, 3_100: { ...RUNNING, startedAt: "second" } });
  assert.deepEqual([restarted.result.kind, restarted.at], ["passed", 9_000], "somebody restarted it");
});

Deno.test("a service that is started again and again never gets through", async () => {
  const again = (count: number): ServiceContainer => ({
    ...RUNNING,
    restartCount: count,
    startedAt: `${count}`,
  });
  const timeline = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [index * 3_000, again(index)]),
  );
  const { at, result, message } = await endOf(timeline);
  assert.deepEqual([result.kind, at], ["failed", 60_000]);
  assert.match(message, /its services run, but not for long enough/);
});

Deno.test("a service that is started again once has to stay up from then on", async () => {
  const { at, result } = await endOf({ 0: RUNNING, 4_000: { ...RUNNING, restartCount: 1 } });
  assert.deepEqual([result.kind, at], ["passed", 9_000]);
});

Deno.test("an engine that goes away for a while ends nothing", async () => {
  const { at, result, said } = await endOf({ 0: RUNNING, 2_000: "away", 9_000: RUNNING });
  assert.deepEqual([result.kind, at], ["passed", 14_000]);
  assert.ok(said.includes("waiting for the Docker Engine"));
});

Deno.test("an engine that stays away is the reason, and not the stack", async () => {
  const { at, result, message } = await endOf({ 0: RUNNING, 2_000: "away" });
  assert.deepEqual([at, message], [60_000, "no engine"]);
  assert.deepEqual(result.kind === "failed" && [result.isOwnFault, result.error.consequence], [
    false,
    "retry",
  ]);
});

Deno.test("an engine that does not answer is one that is away", async () => {
  const { result, at } = await endOf({ 0: "mute" });
  assert.equal(result.kind === "failed" && result.error.consequence, "retry");
  assert.ok(at <= 70_000, `${at}`);
});

Deno.test("what failed after the engine was away may be no fault of the stack", async () => {
  const { result } = await endOf({ 0: RUNNING, 2_000: "away", 4_000: { ...RUNNING, state: "dead" } });
  assert.equal(result.kind === "failed" && result.isOwnFault, false);
});

Deno.test("the gate ends at once when it is told to", async () => {
  for (const state of [STARTING, RUNNING, "mute"] as const) {
    const { clock, controller, ended } = watch({ 0: state });
    await clock.advance(2_100);
    assert.equal(ended(), undefined);
    controller.abort();
    await clock.advance(0);
    const { at, result } = ended()!;
    assert.deepEqual([at, result.kind === "interrupted" && result.progress.begun], [2_100, 0]);
  }
});

Deno.test("a gate that goes on is as patient as it was to be, and counts what was seen before", async () => {
  const gate = { timeout: 60_000, stable: 5_000 };
  const from = { begun: -57_000, wasAway: true };
  const late = await endOf({ 0: STARTING }, gate, from);
  assert.deepEqual([late.at, late.result.kind === "failed" && late.result.isOwnFault], [3_000, false]);
  const marks = "c1 first 0";
  const well = await endOf({ 0: RUNNING }, gate, { ...from, ready: { since: -4_000, marks } });
  assert.deepEqual([well.at, well.result.kind], [1_000, "passed"]);
  const restarted = await endOf({ 0: RUNNING }, gate, {
    ...from,
    ready: { since: -4_000, marks: "c1 old 0" },
  });
  assert.deepEqual([restarted.at, restarted.result.kind], [5_000, "passed"], "another start is another time");
});
