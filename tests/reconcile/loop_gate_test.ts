/** How the loop and the health gate get along: what waits keeps nobody else waiting. */
import assert from "node:assert/strict";
import { web } from "./pass_fixture.ts";
import { saidOf, SimulatedHost } from "./simulated_host.ts";

const MINUTE = 60_000;

/** Its first deployment never gets well. */
function unwell(timeout = 10 * MINUTE): SimulatedHost {
  const host = new SimulatedHost();
  host.isGated = true;
  host.keep();
  host.settings = { shop: { healthGate: { timeout, stable: 5_000 }, rollback: "off" } };
  host.engine.faulty.add(host.engine.images["app:1"]!);
  return host;
}

const results = (host: SimulatedHost) =>
  saidOf(host, "pass-done").map(({ report: { commit, outcomes } }) => [commit, outcomes[0]?.result]);

Deno.test("a stack counts as deployed once it has been well for a while", async () => {
  const host = unwell();
  host.engine.faulty.clear();
  await host.run(4_000);
  assert.deepEqual(results(host), []);
  await host.run(2_000);
  assert.deepEqual(results(host), [["c1", "deployed"]]);
  await host.stop();
});

Deno.test("a newer commit ends the wait for one that does not get well", async () => {
  const host = unwell();
  await host.run(2 * MINUTE);
  assert.deepEqual(results(host), []);
  host.commit = "c2";
  host.stacks = { shop: web().replace("app:1", "app:2") };
  await host.run(MINUTE + 6_000);
  assert.deepEqual(results(host), [["c1", "interrupted"], ["c2", "deployed"]]);
  await host.stop();
});

Deno.test("whoever asks for a pass does not wait until a gate is through", async () => {
  const host = unwell();
  await host.run(10_000);
  host.stacks = { shop: web().replace("app:1", "app:2") };
  host.loop.trigger("request");
  await host.run(6_000);
  assert.deepEqual(results(host), [["c1", "interrupted"], ["c1", "deployed"]]);
  await host.stop();
});

Deno.test("stopping ends a wait at once", async () => {
  const host = unwell();
  await host.run(10_000);
  const before = host.clock.now();
  await host.stop();
  assert.deepEqual([results(host), host.clock.now() - before], [[["c1", "interrupted"]], 0]);
});

Deno.test("a stack that is not well is looked at again later and later, and is well as soon as it is", async () => {
  const host = unwell(10_000);
  await host.run(30 * MINUTE);
  const failed = results(host).filter(([, result]) => result === "failed").length;
  assert.ok(failed > 3 && failed < 12, `${failed}`);
  Object.assign(host.engine.containers[0]!, { state: "running", restartCount: 7 });
  await host.run(12 * MINUTE);
  const ends = results(host).filter(([, result]) => result !== undefined && result !== "unchanged");
  assert.deepEqual([ends.length - failed, ends.at(-1)], [1, ["c1", "deployed"]]);
  assert.equal(host.engine.executed.length, 2, "nothing was done but the deployment");
  await host.stop();
});
