import assert from "node:assert/strict";
import {
  ALL_STACKS,
  type HostState,
  NEW_STACK,
  type StackState,
} from "../../lib/reconcile/state/stack_state.ts";
import { type StatusInput, withState } from "../../lib/reconcile/status/status_state.ts";

const SINCE = "2026-01-02T03:04:05.000Z";
const GOOD = { commit: "c0ffee", stackHash: "h1", at: SINCE, images: {} };

function notes(stack: Partial<StackState>, input: Partial<StatusInput> = {}): readonly (readonly string[])[] {
  const state: HostState = { stacks: { web: { ...NEW_STACK, ...stack } } };
  const status = { host: "helium", instance: "i", stacks: [] };
  const given = { state, suspensions: {}, windows: [], now: new Date(SINCE), ...input };
  return withState(status, given).notes!.map(({ kind, text }) => [kind, text]);
}

const CASES: Readonly<
  Record<string, readonly [Partial<StackState>, Partial<StatusInput>, (readonly string[])?]>
> = {
  "as Git says": [{ good: [GOOD], intended: { commit: "c0ffee", stackHash: "h1", since: SINCE } }, {}],
  "suspended by hand": [{}, { suspensions: { web: { since: SINCE, until: "2026-01-02T05:04:05Z" } } }, [
    "suspended",
    "suspended since 2026-01-02 03:04 UTC until 2026-01-02 05:04 UTC: homeport resume web ends it",
  ]],
  "suspended with all others": [{}, { suspensions: { [ALL_STACKS]: { since: SINCE, reason: "holiday" } } }, [
    "suspended",
    "suspended since 2026-01-02 03:04 UTC (holiday): homeport resume --all ends it",
  ]],
  "suspended by Git": [
    { left: { kind: "suspended", since: SINCE, reason: "suspended by x-homeport …" } },
    {},
    [
      "suspended",
      "suspended by x-homeport …",
    ],
  ],
  "resumed a moment ago, whatever the reason was": [
    { left: { kind: "suspended", since: SINCE, reason: "suspended since … (x-homeport is away)" } },
    {},
  ],
  "resumed a moment ago": [{ left: { kind: "suspended", since: SINCE, reason: "suspended since …" } }, {}],
  "held because of drift": [
    { hold: { kind: "drift", since: SINCE, reason: "put back 5 times", stackHash: "h1" }, good: [GOOD] },
    {},
    ["held", "held since 2026-01-02 03:04 UTC (drift): put back 5 times"],
  ],
  "held because it failed": [
    {
      hold: {
        kind: "rolled-back",
        since: SINCE,
        reason: "web ended with 1\n  | no such table",
        bad: { commit: "bad", stackHash: "h2" },
        to: GOOD,
      },
    },
    {},
    ["held", "held since 2026-01-02 03:04 UTC (rolled-back): web ended with 1; homeport resume web ends it"],
  ],
  "left for a window": [{ left: { kind: "window", since: SINCE, reason: "until Monday" } }, {}, [
    "left",
    "until Monday",
  ]],
  "failing": [{ good: [GOOD], intended: { commit: "bad0bad0bad0bad0", stackHash: "h2", since: SINCE } }, {}, [
    "not-reached",
    "bad0bad was asked for on 2026-01-02 03:04 UTC and is not reached; what ran well last is that of c0ffee",
  ]],
};

for (const [what, [stack, input, expected]] of Object.entries(CASES)) {
  Deno.test(`status says of a stack that is ${what}: ${expected?.[0] ?? "nothing"}`, () => {
    assert.deepEqual(notes(stack, input), expected === undefined ? [] : [expected]);
  });
}

Deno.test("status tells of the window that is open", () => {
  const windows = [{ cron: "0 3 * * *", duration: 3_600_000, timeZone: "UTC" }];
  const status = { host: "helium", instance: "i", stacks: [] };
  const { window } = withState(status, {
    state: { stacks: {} },
    suspensions: {},
    windows,
    now: new Date(SINCE),
  });
  assert.deepEqual(window, { openedAt: "2026-01-02T03:00:00.000Z", closesAt: "2026-01-02T04:00:00.000Z" });
});
