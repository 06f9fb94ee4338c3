import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { HomeportError } from "../../lib/errors.ts";
import { LABELS } from "../../lib/plan/plan.ts";
import { planPass } from "../../lib/reconcile/plan_pass.ts";
import type { ApplyReport } from "../../lib/reconcile/report.ts";
import { runPass } from "../../lib/reconcile/run_pass.ts";
import { deploy, getContainer, loadStack, newEngine } from "../plan/fixture.ts";
import { intercept, passOver, web } from "./pass_fixture.ts";

Deno.test("a pass deploys every stack and puts Homeport's labels on it", async () => {
  const engine = newEngine();
  const { deps, options } = passOver(engine, { shop: web() });
  const report = await runPass(deps, options);
  assert.equal(report.commit, "c0ffee");
  assert.deepEqual(results(report), { shop: "deployed" });
  assert.equal(report.outcomes[0]!.done, 2);
  const { labels, state } = getContainer(engine, "shop-web-1");
  assert.equal(state, "running");
  assert.equal(labels[LABELS.stack], "shop");
  assert.equal(labels[LABELS.commit], "c0ffee");
  assert.equal(labels[LABELS.version], "1.2.3");
  assert.equal(labels[LABELS.deployedAt], "2026-01-02T03:04:05.000Z");
  assert.equal(labels[LABELS.stackHash], report.plan.stacks[0]!.stackHash);
});

Deno.test("a second pass executes nothing", async () => {
  const engine = newEngine();
  await deploy(engine, { shop: web() });
  engine.executed.length = 0;
  const { deps, options } = passOver(engine, { shop: web() });
  assert.deepEqual(results(await runPass(deps, options)), { shop: "unchanged" });
  assert.deepEqual(engine.executed, []);
});

Deno.test("a pass says what its plan warns of", async () => {
  const engine = newEngine();
  await deploy(engine, { shop: web() });
  getContainer(engine, "shop-web-1").state = "paused";
  const { deps, options, events } = passOver(engine, { shop: web() });
  await runPass(deps, options);
  assert.deepEqual(events.filter(({ kind }) => kind === "warning"), [{
    kind: "warning",
    warning: { stack: "shop", message: "container shop-web-1 is paused: left as it is" },
  }]);
});

Deno.test("planning executes nothing", async () => {
  const engine = newEngine();
  const { deps, options } = passOver(engine, { shop: web() });
  const { plan, commit } = await planPass(deps, options);
  assert.deepEqual([plan.stacks.map(({ action }) => action), commit], [["create"], "c0ffee"]);
  assert.deepEqual(engine.executed, []);
});

Deno.test("stacks of the startup order are deployed one after the other, each before all others", async () => {
  const engine = newEngine();
  const stacks = { a: web(), b: web(), y: web(), z: web() };
  const { deps, options } = passOver(engine, stacks, { loaded: { startupOrder: ["z", "y"] } });
  await runPass(deps, options);
  const order = engine.executed.filter((each) => each.includes("create")).map((each) => each[0]);
  assert.deepEqual([order.slice(0, 2), order.slice(2).sort()], [["z", "y"], ["a", "b"]]);
});

Deno.test("the other stacks are deployed side by side, never more than allowed", async () => {
  const engine = newEngine();
  const stacks = { a: web(), b: web(), c: web(), d: web(), e: web() };
  const active = new Set<string>();
  let most = 0;
  intercept(engine, async (stack) => {
    active.add(stack);
    most = Math.max(most, active.size);
    await pause(5);
    active.delete(stack);
  });
  const { deps, options } = passOver(engine, stacks, { settings: { parallel: 3 } });
  await runPass(deps, options);
  assert.equal(most, 3);
});

Deno.test("a stack waits for the one that creates its network, even side by side", async () => {
  const engine = newEngine();
  const proxy =
    'services: { p: { image: "app:1", networks: [proxy] } }\nnetworks: { proxy: { name: proxy } }';
  const user =
    'services: { u: { image: "app:1", networks: [proxy] } }\nnetworks: { proxy: { external: true } }';
  intercept(engine, () => pause(2));
  const { deps, options } = passOver(engine, { a: user, b: user, z: proxy }, { settings: { parallel: 8 } });
  assert.deepEqual(results(await runPass(deps, options)), { a: "deployed", b: "deployed", z: "deployed" });
  assert.match(engine.executed.at(-1)!, /^[ab]: start/);
});

Deno.test("a stack that fails fails alone, wherever it stands", async () => {
  const engine = newEngine();
  intercept(engine, (stack, { kind }) => {
    if (stack === "bad" && kind === "create-container") throw new HomeportError("disk full");
  });
  const { deps, options, events } = passOver(engine, { a: web(), bad: web(), c: web() }, {
    loaded: { startupOrder: ["bad"] },
  });
  const report = await runPass(deps, options);
  assert.deepEqual(results(report), { bad: "failed", a: "deployed", c: "deployed" });
  const bad = report.outcomes.find(({ stack }) => stack === "bad")!;
  assert.deepEqual([bad.done, bad.skipped, bad.errors.map(({ message }) => message)], [0, 1, ["disk full"]]);
  assert.equal(events.filter(({ kind }) => kind === "operation-failed").length, 1);
});

Deno.test("a stack that waits for one that fails is tried all the same", async () => {
  const engine = newEngine();
  const proxy =
    'services: { p: { image: "app:1", networks: [proxy] } }\nnetworks: { proxy: { name: proxy } }';
  const user =
    'services: { u: { image: "app:1", networks: [proxy] } }\nnetworks: { proxy: { external: true } }';
  intercept(engine, (stack, { kind }) => {
    if (stack === "z" && kind === "start-container") throw new HomeportError("port taken");
  });
  const { deps, options } = passOver(engine, { a: user, z: proxy });
  assert.deepEqual(results(await runPass(deps, options)), { a: "deployed", z: "failed" });
});

Deno.test("a failing pull leaves the stack as it runs", async () => {
  const engine = newEngine();
  await deploy(engine, { shop: web() });
  const before = engine.state();
  const { deps, options } = passOver(engine, { shop: web().replace("app:1", "nowhere:1") });
  const report = await runPass(deps, options);
  assert.deepEqual(results(report), { shop: "failed" });
  assert.deepEqual(engine.state(), before);
});

Deno.test("a stack that cannot be loaded is reported and left as it runs", async () => {
  const engine = newEngine();
  await deploy(engine, { shop: web(), blog: web() });
  const error = new HomeportError("Unknown key");
  const { deps, options } = passOver(engine, { shop: web() }, {
    loaded: { broken: [{ name: "blog", error }] },
  });
  const report = await runPass(deps, options);
  assert.deepEqual(results(report), { blog: "broken", shop: "unchanged" });
  assert.deepEqual(report.outcomes[0]!.errors, [error]);
  assert.equal(engine.containers.length, 2);
});

Deno.test("what is gone from Git is pruned before anything is deployed", async () => {
  const engine = newEngine();
  const port = ', ports: ["80:80"]';
  const published = web(port).replace("network_mode: none, ", "");
  await deploy(engine, { old: published, same: web() });
  engine.executed.length = 0;
  const { deps, options } = passOver(engine, { new: published, same: web() });
  assert.deepEqual(results(await runPass(deps, options)), {
    old: "pruned",
    new: "deployed",
    same: "unchanged",
  });
  assert.match(engine.executed[0]!, /^take down: remove-container old-web-1/);
});

Deno.test("a prune of most of what runs waits to be confirmed, and the other stacks go on", async () => {
  const engine = newEngine();
  await deploy(engine, { a: web(), b: web(), c: web() });
  const { deps, options } = passOver(engine, { c: web(", init: true") });
  const report = await runPass(deps, options);
  assert.deepEqual(results(report), { a: "held", b: "held", c: "deployed" });
  const { hold, reason } = report.outcomes[0]!;
  assert.equal(hold, "prune");
  assert.match(
    reason!,
    /^gone from Git, and so are 2 stacks, .* homeport apply --confirm-prune$/,
  );
  assert.deepEqual(engine.containers.map(({ name }) => name).sort(), ["a-web-1", "b-web-1", "c-web-1"]);
});

Deno.test("what wants the name of a stack that waits to be taken down fails, and takes nothing from it", async () => {
  const engine = newEngine();
  const named = web(", container_name: front");
  await deploy(engine, { a: named, b: web() });
  const { deps, options } = passOver(engine, { c: named });
  assert.deepEqual(results(await runPass(deps, options)), { a: "held", b: "held", c: "failed" });
  assert.deepEqual(engine.containers.map(({ name }) => name).sort(), ["b-web-1", "front"]);
});

Deno.test("a prune of most of what runs is carried out once it is confirmed", async () => {
  const engine = newEngine();
  await deploy(engine, { a: web(), b: web(), c: web() });
  const { deps, options } = passOver(engine, { c: web() }, { options: { confirmPrune: true } });
  assert.deepEqual(results(await runPass(deps, options)), { a: "pruned", b: "pruned", c: "unchanged" });
  assert.deepEqual(engine.containers.map(({ name }) => name), ["c-web-1"]);
});

Deno.test("planning a prune of most of what runs is not refused", async () => {
  const engine = newEngine();
  await deploy(engine, { a: web(), b: web(), c: web() });
  const { deps, options } = passOver(engine, { c: web() });
  assert.equal((await planPass(deps, options)).plan.prune.needsConfirmation, true);
});

Deno.test("with one stack asked for, the others are neither deployed nor pruned", async () => {
  const engine = newEngine();
  await deploy(engine, { gone: web(), a: web(), b: web() });
  const changed = { a: web(", init: true"), b: web(", init: true") };
  const { deps, options } = passOver(engine, changed, { options: { stack: "a" } });
  assert.deepEqual(results(await runPass(deps, options)), { a: "deployed" });
});

Deno.test("a stack that the host does not have is an error that lists those it has", async () => {
  const { deps, options } = passOver(newEngine(), { a: web(), b: web() }, { options: { stack: "c" } });
  await assert.rejects(runPass(deps, options), (error) => {
    assert.ok(error instanceof HomeportError);
    assert.deepEqual([error.message, error.hint, error.exitCode], [
      "Host helium has no stack c",
      "pick one of: a, b",
      2,
    ]);
    return true;
  });
});

Deno.test("only the images that services ask for are looked up, each once", async () => {
  const engine = newEngine();
  const asked: unknown[] = [];
  const observe = engine.observe.bind(engine);
  engine.observe = (images, signal) => {
    asked.push(...images);
    return observe(images, signal);
  };
  const { deps, options } = passOver(engine, { a: web(), b: web(", platform: linux/arm64"), c: web() });
  await planPass(deps, options);
  assert.deepEqual(asked, [{ image: "app:1" }, { image: "app:1", platform: "linux/arm64" }]);
});

Deno.test("the time of the last pull is looked up only for what is pulled again and again", async () => {
  const engine = newEngine();
  const asked: unknown[] = [];
  engine.observe = (images) => {
    asked.push(...images);
    return Promise.resolve(engine.state());
  };
  const stacks = { a: web(", pull_policy: daily"), b: web(), c: web().replace("app:1", "db:1") };
  const { deps, options } = passOver(engine, stacks);
  await planPass(deps, options);
  assert.deepEqual(asked, [{ image: "app:1", withTime: true }, { image: "db:1" }]);
});

Deno.test("what is recreated with a refreshed image is recreated in the same pass", async () => {
  const registry = { "app:1": `sha256:${"7".repeat(64)}` };
  const engine = newEngine({ registry });
  await deploy(engine, { shop: web() });
  const { deps, options } = passOver(engine, { shop: web(", pull_policy: daily") });
  const report = await runPass({ ...deps, now: () => new Date(engine.now * 1000) }, options);
  assert.deepEqual(results(report), { shop: "deployed" });
  assert.equal(report.outcomes[0]!.done, 3);
  assert.equal(getContainer(engine, "shop-web-1").image, registry["app:1"]);
  const again = await runPass({ ...deps, now: () => new Date(engine.now * 1000) }, options);
  assert.deepEqual(results(again), { shop: "unchanged" });
});

Deno.test("a refresh that brings nothing new touches nothing", async () => {
  const engine = newEngine();
  await deploy(engine, { shop: web() });
  const { id } = getContainer(engine, "shop-web-1");
  const { deps, options } = passOver(engine, { shop: web(", pull_policy: weekly") });
  const report = await runPass({ ...deps, now: () => new Date(engine.now * 1000) }, options);
  assert.deepEqual([results(report), report.outcomes[0]!.done], [{ shop: "deployed" }, 1]);
  assert.equal(getContainer(engine, "shop-web-1").id, id);
});

Deno.test("an engine that is gone after a refresh fails that stack alone", async () => {
  const engine = newEngine();
  const { deps, options } = passOver(engine, { a: web(", pull_policy: daily"), b: web() });
  const observe = engine.observe.bind(engine);
  let calls = 0;
  engine.observe = (images, signal) =>
    ++calls === 1 ? observe(images, signal) : Promise.reject(new HomeportError("gone"));
  const report = await runPass(deps, options);
  assert.deepEqual(results(report), { a: "failed", b: "deployed" });
});

Deno.test("events tell of the pass in its order", async () => {
  const { deps, options, events } = passOver(newEngine(), { shop: web() }, {
    loaded: { skipped: ["notes"], warnings: [{ stack: "shop", message: "TZ is not set" }] },
  });
  await runPass(deps, options);
  assert.deepEqual(events.map(({ kind }) => kind), [
    "snapshot",
    "warning",
    "skipped-folder",
    "planned",
    "stack-started",
    "operation-started",
    "operation-done",
    "operation-started",
    "operation-done",
    "gate-waiting",
    "stack-done",
  ]);
});

function results({ outcomes }: ApplyReport): Record<string, string> {
  return Object.fromEntries(outcomes.map(({ stack, result }) => [stack, result]));
}

Deno.test("what the engine refuses names file and line of the path that it is about", async () => {
  const engine = newEngine();
  const locate = () => ({ file: "helium/shop/compose.yml", line: 4 });
  const { deps, options } = passOver(engine, {}, {
    loaded: { stacks: [{ ...loadStack("shop", web()), locate }] },
  });
  intercept(engine, () => {
    throw new HomeportError("no", { path: "services.web.read_only", consequence: "wait" });
  });
  const { outcomes: [outcome] } = await runPass(deps, options);
  const [error] = outcome!.errors as HomeportError[];
  assert.deepEqual([error!.location, error!.consequence], [locate(), "wait"]);
});
