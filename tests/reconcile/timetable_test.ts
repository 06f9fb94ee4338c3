import assert from "node:assert/strict";
import { Timetable } from "../../lib/reconcile/loop/timetable.ts";

const HOUR = 3_600_000;

/** Every full hour. */
function hourly(start: number) {
  const clock = { now: start };
  const next = (after: Date) => new Date((Math.floor(after.getTime() / HOUR) + 1) * HOUR);
  return { clock, timetable: new Timetable(next, () => new Date(clock.now)) };
}

Deno.test("it is due when its time comes, and then not before the next one", () => {
  const { clock, timetable } = hourly(0.5 * HOUR);
  assert.deepEqual([timetable.dueIn(), timetable.take()], [0.5 * HOUR, false]);
  clock.now = HOUR;
  assert.deepEqual([timetable.dueIn(), timetable.take(), timetable.take()], [0, true, false]);
  assert.equal(timetable.dueIn(), HOUR);
});

Deno.test("times that were slept through are made up for by one", () => {
  const { clock, timetable } = hourly(0.5 * HOUR);
  clock.now = 7.5 * HOUR;
  assert.deepEqual([timetable.take(), timetable.take(), timetable.dueIn()], [true, false, 0.5 * HOUR]);
});

Deno.test("a clock that is set back by years makes nobody wait for years", () => {
  const { clock, timetable } = hourly(10_000.5 * HOUR);
  clock.now = 3.25 * HOUR;
  assert.equal(timetable.dueIn(), 0.75 * HOUR);
});

Deno.test("what never comes is never due", () => {
  const timetable = new Timetable(() => undefined, () => new Date(0));
  assert.deepEqual([timetable.dueIn(), timetable.take()], [Infinity, false]);
});
