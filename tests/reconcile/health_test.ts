import assert from "node:assert/strict";
import { judgeHealth, type RunStatus } from "../../lib/reconcile/status/health.ts";

const LIMITS = { interval: 60_000, longest: 7 * 60_000 };
const run = { pid: 12, since: "2026-01-02T03:00:00.000Z" };

const CASES:
  readonly (readonly [what: string, status: RunStatus, now: string, reason: string | undefined])[] = [
    ["before its first pass", { run }, "03:10:00", undefined],
    [
      "whose first pass does not come",
      { run },
      "03:10:01",
      "no pass has ended, and homeport run (pid 12) should have ended one within 10 minutes",
    ],
    ["after a pass", { run, lastPass: "2026-01-02T08:00:00.000Z" }, "08:10:00", undefined],
    [
      "that makes no pass any more",
      { run, lastPass: "2026-01-02T08:00:00.000Z" },
      "08:10:01",
      "the last pass ended at 2026-01-02T08:00:00.000Z, and homeport run (pid 12) should have ended one within 10 minutes",
    ],
    [
      "that began long after the last pass",
      { run, lastPass: "2025-01-01T00:00:00.000Z" },
      "03:05:00",
      undefined,
    ],
    ["that is not there", { lastPass: "2026-01-02T03:00:00.000Z" }, "03:00:01", "homeport run does not run"],
  ];

for (const [what, status, time, reason] of CASES) {
  Deno.test(`a run ${what} is ${reason === undefined ? "healthy" : "not healthy"}`, () => {
    const health = judgeHealth(status, LIMITS, new Date(`2026-01-02T${time}Z`));
    assert.deepEqual(health, {
      ...status,
      healthy: reason === undefined,
      ...(reason !== undefined && { reason }),
    });
  });
}
