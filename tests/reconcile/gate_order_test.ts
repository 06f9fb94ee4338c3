/** What waits for a gate, and what does not. */
import assert from "node:assert/strict";
import { HomeportError } from "../../lib/errors.ts";
import { runPass } from "../../lib/reconcile/run_pass.ts";
import type { ApplyReport } from "../../lib/reconcile/report.ts";
import { SimulatedClock } from "../fakes/simulated_clock.ts";
import { deploy, newEngine, type Stacks } from "../plan/fixture.ts";
import { intercept, passOver, web } from "./pass_fixture.ts";

/** When each stack's operations began and ended, by the simulated clock. */
async function pass(
  stacks: Stacks,
  startupOrder: readonly string[],
  engine = newEngine(),
): Promise<{ readonly begun: Record<string, number>; readonly report: ApplyReport; readonly took: number }> {
  const clock = new SimulatedClock();
  const begun: Record<string, number> = {};
  intercept(engine, (stack) => void (begun[stack] ??= clock.now()));
  const { deps, options } = passOver(engine, stacks, {
    settings: { parallel: 1 },
    loaded: { startupOrder },
  });
  let ended: { readonly report: ApplyReport; readonly took: number } | undefined;
  const running = runPass({ ...deps, clock }, options).then((report) =>
    ended = { report, took: clock.now() }
  );
  await clock.advance(10 * 60_000);
  await running;
  return { begun, ...ended! };
}

Deno.test("stacks wait for health side by side, whatever the number of those that work", async () => {
  const { begun, report, took } = await pass({ a: web(), b: web(), c: web() }, []);
  assert.deepEqual([begun, took], [{ a: 0, b: 0, c: 0 }, 5_000]);
  assert.deepEqual(
    report.outcomes.map(({ result, gate }) => [result, gate]),
    Array(3).fill(["deployed", "passed"]),
  );
});

Deno.test("a stack of the startup order waits until the one before is well, and all others for them", async () => {
  const { begun, took } = await pass({ a: web(), b: web(), c: web() }, ["b", "c"]);
  assert.deepEqual([begun, took], [{ b: 0, c: 5_000, a: 10_000 }, 15_000]);
});

Deno.test("a stack of the startup order that does not get well holds up the others no longer than its gate", async () => {
  const engine = newEngine();
  engine.faulty.add(engine.images["app:2"]!);
  const { begun, report } = await pass({ a: web(), b: web().replace("app:1", "app:2") }, ["b"], engine);
  assert.deepEqual(begun, { b: 0, a: 60_000 });
  assert.deepEqual(report.outcomes.map(({ stack, result }) => [stack, result]), [["b", "failed"], [
    "a",
    "deployed",
  ]]);
});

Deno.test("where nothing was done, nothing is watched", async () => {
  const engine = newEngine();
  await deploy(engine, { a: web() });
  const { report, took } = await pass({ a: web() }, [], engine);
  assert.deepEqual([report.outcomes.map(({ result, gate }) => [result, gate]), took], [[[
    "unchanged",
    undefined,
  ]], 0]);
});

Deno.test("a deployment that fails has nothing to be watched", async () => {
  const engine = newEngine();
  delete engine.images["app:1"];
  engine.execute = () => Promise.reject(new HomeportError("no such image"));
  const { report, took } = await pass({ a: web() }, [], engine);
  assert.deepEqual([report.outcomes.map(({ result, gate }) => [result, gate]), took], [[[
    "failed",
    undefined,
  ]], 0]);
});
