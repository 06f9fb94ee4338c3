import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { type Aside, runSideBySide, type Task } from "../../lib/reconcile/run_side_by_side.ts";

const task = (name: string, run: (aside: Aside) => Promise<void>, ...after: string[]): Task => ({
  name,
  after,
  run,
});

Deno.test("a task that stands aside gives its place to another one, and takes one before it goes on", async () => {
  const events: string[] = [];
  const health = Promise.withResolvers<void>();
  await runSideBySide([
    task("a", async (aside) => {
      events.push("a begins");
      await aside(() => health.promise);
      events.push("a goes on");
    }),
    task("b", async () => {
      events.push("b begins");
      health.resolve();
      await pause(5);
      events.push("b ends");
    }),
    task("c", () => Promise.resolve(void events.push("c"))),
  ], 1);
  assert.deepEqual(events, ["a begins", "b begins", "b ends", "a goes on", "c"]);
});

Deno.test("whoever waits for a task waits for all of it, also where that stands aside", async () => {
  const events: string[] = [];
  await runSideBySide([
    task("a", async (aside) => {
      await aside(() => pause(5));
      events.push("a");
    }),
    task("b", () => Promise.resolve(void events.push("b")), "a", "unknown"),
    task("c", () => Promise.resolve(void events.push("c"))),
  ], 4);
  assert.deepEqual(events, ["c", "a", "b"]);
});

Deno.test("a task that fails keeps no other from its end", async () => {
  const events: string[] = [];
  const work = runSideBySide([
    task("a", (aside) => aside(() => Promise.reject(new Error("no")))),
    task("b", async () => {
      await pause(5);
      events.push("b");
    }),
    task("c", () => Promise.resolve(void events.push("c")), "a"),
  ], 2);
  await assert.rejects(work, { message: "no" });
  assert.deepEqual(events, ["c", "b"]);
});
