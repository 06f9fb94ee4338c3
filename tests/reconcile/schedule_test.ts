import assert from "node:assert/strict";
import { backoff } from "../../lib/reconcile/loop/backoff.ts";
import { Failures } from "../../lib/reconcile/loop/failures.ts";
import { type PassEnd, type PassTrigger, Schedule } from "../../lib/reconcile/loop/schedule.ts";

const MIDDLE = () => 0.5;
const WELL: PassEnd = { retryAt: undefined, asked: true, unreachable: false };

interface Case {
  readonly title: string;
  /** At what time what is triggered. */
  readonly triggered: readonly (readonly [PassTrigger, number])[];
  readonly due: number;
  /** What a pass at that time serves. */
  readonly taken: readonly PassTrigger[];
  readonly end?: Partial<PassEnd>;
  /** When the next pass is due after one that ended at 1000. */
  readonly next: number;
}

const CASES: readonly Case[] = [
  { title: "a poll", triggered: [["poll", 500]], due: 500, taken: ["poll"], next: 61_000 },
  {
    title: "the earlier of two triggers of one kind",
    triggered: [["drift", 300], ["drift", 200], ["drift", 400]],
    due: 200,
    taken: ["drift"],
    next: 61_000,
  },
  {
    title: "several reasons at once",
    triggered: [["poll", 100], ["reload", 100], ["drift", 300]],
    due: 100,
    taken: ["poll", "reload"],
    next: 300,
  },
  {
    title: "a pass after which something is to be tried again",
    triggered: [["start", 0]],
    due: 0,
    taken: ["start"],
    end: { retryAt: 6000 },
    next: 6000,
  },
  {
    title: "a pass that mended what was to be tried again",
    triggered: [["retry", 2000], ["drift", 0]],
    due: 0,
    taken: ["drift"],
    next: 61_000,
  },
  {
    title: "a remote that cannot be reached, whose retry takes the place of the polls",
    triggered: [["start", 0]],
    due: 0,
    taken: ["start"],
    end: { retryAt: 601_000, unreachable: true },
    next: 601_000,
  },
  {
    title: "a pass that did not ask the remote, which leaves the poll where it was",
    triggered: [["poll", 1500], ["drift", 0]],
    due: 0,
    taken: ["drift"],
    end: { asked: false },
    next: 1500,
  },
];

for (const { title, triggered, due, taken, end, next } of CASES) {
  Deno.test(`the schedule serves ${title}`, () => {
    const schedule = new Schedule(60_000, MIDDLE);
    for (const [trigger, at] of triggered) schedule.trigger(trigger, at);
    assert.equal(schedule.dueAt(), due);
    assert.deepEqual(schedule.take(due - 1), []);
    assert.deepEqual(schedule.take(due), taken);
    schedule.ended({ ...WELL, ...end }, 1000);
    assert.equal(schedule.dueAt(), next);
  });
}

Deno.test("polls keep a tenth of the interval apart from each other, by chance", () => {
  for (const [random, next] of [[0, 54_000], [0.5, 60_000], [1, 66_000]] as const) {
    const schedule = new Schedule(60_000, () => random);
    schedule.ended(WELL, 0);
    assert.equal(schedule.dueAt(), next);
  }
});

Deno.test("the pauses between tries double from 5 seconds to 10 minutes", () => {
  const pauses = Array.from({ length: 9 }, (_, index) => backoff(index + 1, MIDDLE) / 1000);
  assert.deepEqual(pauses, [5, 10, 20, 40, 80, 160, 320, 600, 600]);
  assert.equal(backoff(2000, () => 0), 540_000);
});

Deno.test("what failed is left alone until its time, unless it is something else by now", () => {
  const failures = new Failures(MIDDLE);
  const attempted = { commit: "a", stackHash: "1" };
  failures.record("stack web", attempted, 1000);
  assert.equal(failures.isHeld("stack web", attempted, 5999), true);
  assert.equal(failures.isHeld("stack web", attempted, 6000), false);
  assert.equal(failures.isHeld("stack web", { commit: "b", stackHash: "1" }, 1001), false, "a newer commit");
  assert.equal(failures.isHeld("stack web", { commit: "a", stackHash: "2" }, 1001), false, "another secret");
  assert.equal(failures.isHeld("stack db", attempted, 1001), false);
  failures.record("stack web", attempted, 6000);
  assert.deepEqual(failures.retries(), [{ subject: "stack web", failures: 2, at: 16_000 }]);
  failures.record("stack web", { commit: "b", stackHash: "1" }, 7000);
  failures.record("host", { commit: "b" }, 6000);
  assert.deepEqual(failures.retries(), [
    { subject: "host", failures: 1, at: 11_000 },
    { subject: "stack web", failures: 1, at: 12_000 },
  ]);
  failures.keepStacks(new Set());
  failures.mend("host");
  assert.deepEqual(failures.retries(), []);
});
