import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Operation } from "../../lib/plan/operation.ts";
import { carryOut } from "../../lib/reconcile/carry_out.ts";
import { runPass } from "../../lib/reconcile/run_pass.ts";
import { deploy, newEngine } from "../plan/fixture.ts";
import { intercept, passOver, web } from "./pass_fixture.ts";

const operation = (id: string, ...after: string[]): Operation => ({
  kind: "create-network",
  network: id,
  id,
  cause: "it is missing",
  after,
});

Deno.test("operations run side by side as far as they do not wait for each other", async () => {
  const events: string[] = [];
  const c = Promise.withResolvers<void>();
  await carryOut([operation("a"), operation("b"), operation("c", "a"), operation("d", "c", "b")], {
    signal: new AbortController().signal,
    execute: async ({ id }) => {
      events.push(`+${id}`);
      // As long as it takes until another one, which does not wait for it, is through.
      if (id === "b") await c.promise;
      else await pause(1);
      events.push(`-${id}`);
      if (id === "c") c.resolve();
    },
  });
  assert.deepEqual(events, ["+a", "+b", "-a", "+c", "-c", "-b", "+d", "-d"]);
});

Deno.test("a failing operation skips what comes after it, and nothing else", async () => {
  const operations = [
    operation("a"),
    operation("b", "a"),
    operation("c", "b"),
    operation("x"),
    operation("y", "x"),
  ];
  const done: string[] = [];
  const carried = await carryOut(operations, {
    signal: new AbortController().signal,
    execute: ({ id }) => {
      if (id === "a") return Promise.reject(new Error("no"));
      done.push(id);
      return Promise.resolve();
    },
  });
  assert.deepEqual(done, ["x", "y"]);
  assert.equal(carried.errors.length, 1);
  assert.deepEqual([carried.done, carried.skipped, carried.interrupted], [2, 2, false]);
});

Deno.test("what is in hand when the pass is ended is finished, and nothing new is begun", async () => {
  const controller = new AbortController();
  const done: string[] = [];
  const carried = await carryOut([operation("a"), operation("b", "a")], {
    signal: controller.signal,
    execute: async ({ id }) => {
      controller.abort();
      await pause(5);
      done.push(id);
    },
  });
  assert.deepEqual(done, ["a"]);
  assert.deepEqual([carried.done, carried.skipped, carried.interrupted], [1, 1, true]);
});

Deno.test("a pass that is ended as its last operation ends is not interrupted", async () => {
  const controller = new AbortController();
  const carried = await carryOut([operation("a")], {
    signal: controller.signal,
    execute: () => Promise.resolve(controller.abort()),
  });
  assert.deepEqual([carried.done, carried.interrupted], [1, false]);
});

Deno.test("ending a pass stops before the next stack, and the next pass goes on from there", async () => {
  const engine = newEngine();
  const controller = new AbortController();
  intercept(engine, (stack) => {
    if (stack === "b") controller.abort();
  });
  const stacks = { a: web(), b: web(), c: web(), d: web() };
  const { deps, options } = passOver(engine, stacks, {
    loaded: { startupOrder: ["a", "b", "c"] },
    options: { signal: controller.signal },
  });
  const { outcomes } = await runPass(deps, options);
  assert.deepEqual(outcomes.map(({ stack, result, done }) => [stack, result, done]), [
    ["a", "deployed", 2],
    ["b", "interrupted", 1],
    ["c", "interrupted", 0],
    ["d", "interrupted", 0],
  ]);
  const next = passOver(engine, stacks);
  const report = await runPass(next.deps, next.options);
  assert.deepEqual(report.outcomes.map(({ result }) => result), [
    "unchanged",
    "deployed",
    "deployed",
    "deployed",
  ]);
});

Deno.test("only pulls, builds and waits hear of the end of the pass", async () => {
  const engine = newEngine();
  delete engine.images["app:1"];
  const controller = new AbortController();
  const heard: string[] = [];
  engine.execute = ({ kind }, { signal }) => {
    if (signal === controller.signal) heard.push(kind);
    return Promise.resolve();
  };
  const text = `
services:
  db: { image: "db:1", healthcheck: { test: "true" } }
  web: { image: "app:1", depends_on: { db: { condition: service_healthy } } }
  made: { build: https://example.org/made.git }
`;
  const { deps, options } = passOver(engine, { shop: text }, { options: { signal: controller.signal } });
  await runPass(deps, options);
  assert.deepEqual([...new Set(heard)], ["pull-image", "build-image", "wait-for-service"]);
});

Deno.test("a pull that is cut short is no failure", async () => {
  const engine = newEngine();
  delete engine.images["app:1"];
  const controller = new AbortController();
  engine.execute = (_, { signal }) => {
    controller.abort(new Error("SIGTERM"));
    return Promise.reject(signal.reason);
  };
  const { deps, options } = passOver(engine, { shop: web() }, { options: { signal: controller.signal } });
  const { outcomes } = await runPass(deps, options);
  assert.deepEqual(outcomes.map(({ result, errors }) => [result, errors]), [["interrupted", []]]);
});

Deno.test("a prune that is ended deploys nothing after it", async () => {
  const engine = newEngine();
  await deploy(engine, { gone: web(), a: web(), b: web() });
  const controller = new AbortController();
  intercept(engine, () => controller.abort());
  const { deps, options } = passOver(engine, { a: web(", init: true"), b: web() }, {
    options: { signal: controller.signal },
  });
  const { outcomes } = await runPass(deps, options);
  assert.deepEqual(outcomes.map(({ stack, result }) => [stack, result]), [
    ["gone", "pruned"],
    ["a", "interrupted"],
    ["b", "unchanged"],
  ]);
});
