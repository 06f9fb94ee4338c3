import assert from "node:assert/strict";
import { SpareMemory } from "../../lib/app/spare_memory.ts";
import { SimulatedClock } from "../fakes/simulated_clock.ts";

const MB = 1_000_000;

/** A heap of 15 MB that every pass lets grow. */
class Heap {
  readonly clock = new SimulatedClock();
  readonly collected: number[] = [];
  held = 15 * MB;
  readonly memory = new SpareMemory({
    clock: this.clock,
    held: () => this.held,
    collect: () => {
      this.collected.push(this.clock.now());
      this.held = 15 * MB;
    },
  });

  pass(takes: number, end: "pass-done" | "pass-failed" | "pass-held" = "pass-done"): void {
    this.memory.hear({ kind: "pass-started" });
    this.memory.hear({ kind: "pass-event" });
    this.held += takes;
    this.memory.hear({ kind: end });
  }
}

for (const end of ["pass-done", "pass-failed", "pass-held"] as const) {
  Deno.test(`memory is given back a while after ${end}`, async () => {
    const heap = new Heap();
    heap.pass(10 * MB);
    await heap.clock.advance(5_000);
    heap.pass(4 * MB, end);
    await heap.clock.advance(1_900);
    assert.equal(heap.collected.length, 1);
    await heap.clock.advance(200);
    assert.deepEqual([heap.collected.length, heap.held], [2, 15 * MB]);
  });
}

Deno.test("little is kept for the next pass, until it is enough", async () => {
  const heap = new Heap();
  heap.pass(0);
  await heap.clock.advance(60_000);
  for (let minute = 1; minute <= 6; minute++) {
    heap.pass(1 * MB);
    await heap.clock.advance(60_000);
  }
  assert.equal(heap.collected.length, 3, "of the first pass, and of two times three");
});

Deno.test("passes that follow each other at once leave no time, but memory does not grow without an end", async () => {
  const heap = new Heap();
  let most = 0;
  for (let times = 0; times < 100; times++) {
    heap.pass(1 * MB);
    most = Math.max(most, heap.held);
    await heap.clock.advance(100);
  }
  assert.ok(most <= 22 * MB, `${most}`);
  assert.ok(heap.collected.length > 10 && heap.collected.length < 25, `${heap.collected.length}`);
});

Deno.test("nothing is collected during a pass, nor after the end", async () => {
  const heap = new Heap();
  heap.pass(10 * MB);
  heap.memory.hear({ kind: "pass-started" });
  await heap.clock.advance(10_000);
  assert.deepEqual(heap.collected, []);
  heap.memory.hear({ kind: "pass-done" });
  heap.memory[Symbol.dispose]();
  await heap.clock.advance(10_000);
  assert.deepEqual(heap.collected, []);
});
