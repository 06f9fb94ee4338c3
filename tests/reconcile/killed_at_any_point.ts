import assert from "node:assert/strict";
import type { MemoryHost } from "./repository_in_memory.ts";

/** Copies of a host in which the attempt was killed, each a step later than the one before; in the last one it came to its end. */
export async function* killedAtAnyPoint(
  base: MemoryHost,
  attempt: (host: MemoryHost) => Promise<unknown>,
): AsyncGenerator<{ readonly h: MemoryHost; readonly steps: number }> {
  let died = true;
  for (let steps = 0; died; steps++) {
    assert.ok(steps < 100);
    const h = base.copy();
    h.engine.stepsLeft = steps;
    await attempt(h).catch(() => {});
    died = h.engine.stepsLeft <= 0;
    h.engine.stepsLeft = Infinity;
    yield { h, steps };
  }
}
