/** Drift while a health gate waits: it is put back at once, and the gate goes on where it was. */
import assert from "node:assert/strict";
import { COMPOSE_LABELS } from "../../lib/plan/compose_labels.ts";
import type { EngineEvent } from "../../lib/plan/engine_event.ts";
import { changesOf } from "../../lib/reconcile/news/changes_of.ts";
import type { Told } from "../../lib/reconcile/news/stack_change.ts";
import { web } from "./pass_fixture.ts";
import { saidOf, SimulatedHost } from "./simulated_host.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const CHANGED = web(", environment: { A: '2' }");

interface Given {
  /** Deployed by the second commit, and then watched for so long: `shop` by default. */
  readonly gated?: readonly string[];
  readonly stable?: number;
  /** The gated stacks never get well. */
  readonly isUnwell?: boolean;
  readonly timeout?: number;
}

/** Two stacks run; by the second commit others are new, and their gates wait. */
async function waiting(
  { gated = ["shop"], stable = 30 * SECOND, isUnwell = false, timeout = MINUTE }: Given = {},
): Promise<SimulatedHost> {
  const host = new SimulatedHost();
  host.isGated = true;
  host.keep();
  host.stacks = { other: web(), third: web() };
  await host.run(10 * SECOND);
  const text = web().replace("app:1", "app:2");
  host.stacks = { ...host.stacks, ...Object.fromEntries(gated.map((name) => [name, text])) };
  host.settings = Object.fromEntries(
    gated.map((name) => [name, { healthGate: { timeout, stable }, rollback: "off" }]),
  );
  if (isUnwell) host.engine.faulty.add(host.engine.images["app:2"]!);
  host.commit = "c2";
  host.loop.trigger("reload");
  await host.run(SECOND);
  return host;
}

/** By pass since the gates began to wait: what became of which stack, if anything did. */
function passes(host: SimulatedHost): string[][] {
  return saidOf(host, "pass-done").slice(1).map(({ report: { outcomes } }) =>
    outcomes.filter(({ result }) => result !== "unchanged").map(({ stack, result }) => `${stack} ${result}`)
  ).filter((each) => each.length > 0);
}

const runs = (host: SimulatedHost, name: string) =>
  host.engine.containers.some((each) => each.name === name && each.state === "running");

function died(stack: string): EngineEvent {
  const labels = { [COMPOSE_LABELS.project]: stack };
  return { kind: "container", action: "die", id: `some-${stack}`, name: `${stack}-web-1`, labels };
}

const EVENTS: readonly [string, EngineEvent, boolean][] = [
  ["the end of a container of another stack", died("other"), true],
  ["a container of another stack that got unhealthy", {
    ...died("other"),
    action: "health_status: unhealthy",
  } as EngineEvent, true],
  ["the end of a container of the stack that is watched", died("shop"), false],
  ["the end of a container of another stack that is watched", died("cart"), false],
  ["the end of a container of no stack", died("foreign"), false],
  ["a network of no stack", { kind: "network", action: "destroy", id: "n", name: "bridge" }, false],
];

for (const [title, event, endsWait] of EVENTS) {
  Deno.test(`${title} ${endsWait ? "ends" : "does not end"} the wait of the gates`, async () => {
    const host = await waiting({ gated: ["shop", "cart"] });
    host.tell(event);
    await host.run(SECOND);
    assert.deepEqual(passes(host), endsWait ? [["shop interrupted", "cart interrupted"].sort()] : []);
    await host.run(MINUTE);
    assert.deepEqual(passes(host).at(-1), ["cart deployed", "shop deployed"]);
    await host.stop();
  });
}

Deno.test("what Homeport itself replaces ends no wait", async () => {
  const host = await waiting();
  host.settings = { ...host.settings, other: { healthGate: "off" } };
  host.commit = "c3";
  host.stacks = { ...host.stacks, other: CHANGED };
  const old = host.engine.containers.find(({ name }) => name === "other-web-1")!;
  host.loop.trigger("reload");
  await host.run(SECOND / 2);
  assert.deepEqual(passes(host), [["shop interrupted"]]);
  host.tell({ ...died("other"), id: old.id } as EngineEvent);
  await host.run(5 * SECOND);
  assert.deepEqual(passes(host), [["shop interrupted"]]);
  await host.stop();
});

Deno.test("drift of another stack is put back within a second, and the gate goes on where it was", async () => {
  const host = await waiting();
  const begun = host.clock.now() - SECOND;
  for (let times = 0; times < 3; times++) {
    await host.run(6 * SECOND);
    host.remove("other-web-1");
    await host.run(SECOND);
    assert.ok(runs(host, "other-web-1"));
  }
  while (!passes(host).flat().includes("shop deployed")) await host.run(SECOND / 4);
  const took = host.clock.now() - begun;
  assert.ok(took >= 30 * SECOND && took < 32 * SECOND, `${took}`);
  await host.run(MINUTE);
  const all = passes(host).flat();
  assert.equal(all.filter((each) => each === "shop deployed").length, 1);
  assert.deepEqual(all.filter((each) => each.endsWith("failed")), []);
  assert.equal(host.engine.executed.filter((each) => each.startsWith("shop: ")).length, 2, "deployed once");
  assert.deepEqual(host.state!.of("shop").good.map(({ commit }) => commit), ["c2"]);
  await host.stop();
});

Deno.test("a stack that does not get well has failed by its time, however often another one drifts", async () => {
  const host = await waiting({ isUnwell: true });
  const begun = host.clock.now() - SECOND;
  for (const name of ["other", "third", "other", "third"]) {
    await host.run(10 * SECOND);
    host.remove(`${name}-web-1`);
    await host.run(SECOND);
    assert.ok(runs(host, `${name}-web-1`));
  }
  assert.ok(!passes(host).flat().includes("shop failed"));
  while (!passes(host).flat().includes("shop failed")) await host.run(SECOND);
  const took = host.clock.now() - begun;
  assert.ok(took >= MINUTE && took < MINUTE + 2 * SECOND, `${took}`);
  await host.stop();
});

Deno.test("a container that ends over and over keeps no gate from its end", async () => {
  const host = await waiting({ stable: 2 * MINUTE });
  for (let seconds = 0; seconds < 125; seconds++) {
    // Whatever restarts it, it is there again by the time of the pass.
    host.tell(died("other"));
    host.tell(died("third"));
    await host.run(SECOND);
  }
  assert.ok(passes(host).flat().includes("shop deployed"));
  assert.ok(passes(host).length < 25, `${passes(host).length}`);
  await host.stop();
});

Deno.test("what failed before and is interrupted has not begun anew", async () => {
  const host = await waiting({ isUnwell: true, timeout: 10 * SECOND });
  for (let minute = 0; minute < 30; minute++) {
    await host.run(55 * SECOND);
    host.tell(died("other"));
    await host.run(5 * SECOND);
  }
  const failed = passes(host).flat().filter((each) => each === "shop failed").length;
  assert.ok(failed > 3 && failed < 12, `${failed}`);
  await host.stop();
});

Deno.test("stacks behind a gate that was interrupted wait for it still, and what drifted does not", async () => {
  const host = new SimulatedHost();
  host.isGated = true;
  host.keep();
  host.stacks = { other: web(), third: web() };
  await host.run(10 * SECOND);
  host.startupOrder = ["shop", "cart"];
  host.settings = { shop: { healthGate: { timeout: MINUTE, stable: 30 * SECOND } } };
  host.stacks = { ...host.stacks, shop: web(), cart: web(), late: web(), third: CHANGED };
  host.commit = "c2";
  host.loop.trigger("reload");
  const begun: Record<string, number> = {};
  const started = host.clock.now();
  host.before = (stack) => void (begun[stack] ??= host.clock.now() - started);
  await host.run(10 * SECOND);
  host.remove("other-web-1");
  await host.run(SECOND);
  assert.ok(runs(host, "other-web-1"));
  assert.deepEqual(Object.keys(begun), ["shop", "other"]);
  await host.run(10 * SECOND);
  host.remove("other-web-1");
  await host.run(2 * MINUTE);
  assert.deepEqual(Object.entries(begun).sort((a, b) => a[1] - b[1]).map(([stack]) => stack), [
    "shop",
    "other",
    "cart",
    "late",
    "third",
  ]);
  assert.ok(begun["cart"]! >= 30 * SECOND && begun["cart"]! < 33 * SECOND, `${begun["cart"]}`);
  const deployed = passes(host).flat().filter((each) => each.endsWith("deployed")).sort();
  const once = ["cart", "late", "shop", "third"].map((stack) => `${stack} deployed`);
  assert.deepEqual([...new Set(deployed)], [...once, "other deployed"].sort());
  for (const each of once) assert.equal(deployed.filter((other) => other === each).length, 1, each);
  await host.stop();
});

Deno.test("what had not had its turn to be put back is not counted as put back", async () => {
  const host = new SimulatedHost();
  host.isGated = true;
  host.keep();
  host.stacks = { other: web(), third: web() };
  await host.run(10 * SECOND);
  host.startupOrder = ["shop"];
  host.settings = { shop: { healthGate: { timeout: MINUTE, stable: 30 * SECOND } } };
  host.stacks = { ...host.stacks, shop: web() };
  host.engine.containers = host.engine.containers.filter(({ name }) => name !== "other-web-1");
  host.loop.trigger("reload");
  await host.run(SECOND);
  assert.ok(!runs(host, "other-web-1"), "it waits for the stack of the startup order");
  host.tell(died("third"));
  await host.run(SECOND);
  assert.ok(runs(host, "other-web-1"));
  assert.equal(host.state!.of("other").heals.length, 1);
  await host.stop();
});

Deno.test("what is put back is watched as well, over what drifts meanwhile", async () => {
  const host = await waiting({ gated: [] });
  host.remove("other-web-1");
  await host.run(SECOND);
  host.remove("third-web-1");
  await host.run(SECOND);
  assert.ok(runs(host, "other-web-1") && runs(host, "third-web-1"));
  await host.run(MINUTE);
  assert.deepEqual(passes(host), [["other interrupted"], ["other deployed", "third deployed"]]);
  await host.stop();
});

Deno.test("a newer commit ends the wait also where drift was put back meanwhile", async () => {
  const host = await waiting({ isUnwell: true, timeout: 30 * MINUTE });
  await host.run(10 * SECOND);
  host.remove("other-web-1");
  await host.run(10 * SECOND);
  host.commit = "c3";
  host.stacks = { ...host.stacks, shop: web() };
  await host.run(2 * MINUTE);
  assert.equal(passes(host).flat().at(-1), "shop deployed");
  assert.ok(!passes(host).flat().includes("shop failed"));
  await host.stop();
});

Deno.test("a newer commit gives a gate that goes on its full time", async () => {
  const host = await waiting({ isUnwell: true });
  await host.run(30 * SECOND);
  host.commit = "c3";
  await host.run(80 * SECOND);
  assert.deepEqual(passes(host), [["shop interrupted"]]);
  await host.run(MINUTE);
  assert.ok(passes(host).flat().includes("shop failed"));
  await host.stop();
});

Deno.test("history and news tell of one deployment, and of no failure", async () => {
  const host = await waiting();
  await host.run(6 * SECOND);
  host.remove("other-web-1");
  await host.run(2 * MINUTE);
  const records = host.records.slice(1).flatMap(({ stacks }) => stacks)
    .filter(({ outcome }) => outcome !== "unchanged")
    .map(({ stack, outcome, causes }) => [stack, outcome, causes]);
  assert.deepEqual(records, [
    ["shop", "interrupted", ["web has no container yet", "its container is new"]],
    ["other", "deployed", ["web has no container yet", "its container is new"]],
    ["shop", "deployed", ["its health was still to be seen"]],
  ]);
  let told: Told = {};
  const news = saidOf(host, "pass-done").slice(1).flatMap(({ report }) => {
    const { changes, status } = changesOf(
      { kind: "done", report, onlyStack: false, remote: "reached" },
      told,
    );
    told = status;
    return changes.map(({ kind, stack, message }) => `${stack} ${kind}: ${message}`);
  });
  assert.deepEqual(news, ["other deployed: 2 operations", "shop deployed: its services are up"]);
  await host.stop();
});
