import assert from "node:assert/strict";
import type { Operation } from "../../lib/plan/operation.ts";
import type { StackPlan } from "../../lib/plan/plan.ts";
import { isDrift, isHeldForDrift, recentHeals } from "../../lib/reconcile/leave_alone.ts";
import {
  type GoodState,
  type Hold,
  NEW_STACK,
  type StackState,
} from "../../lib/reconcile/state/stack_state.ts";

const SINCE = "2026-01-02T03:04:05.000Z";
const GOOD: GoodState = { commit: "c1", stackHash: "h1", at: SINCE, images: {} };
const REACHED: StackState = {
  ...NEW_STACK,
  good: [GOOD],
  intended: { commit: "c1", stackHash: "h1", since: SINCE },
};
const BACK: Hold = {
  kind: "rolled-back",
  since: SINCE,
  reason: "no",
  bad: { commit: "c2", stackHash: "h2" },
  to: GOOD,
};

function start(cause: string): Operation {
  return {
    kind: "start-container",
    id: "start-container web-1",
    cause,
    after: [],
    service: "web",
    number: 1,
    containerName: "web-1",
  };
}

const EXITED = start("web-1 has exited with code 1");
const PULL: Operation = {
  kind: "pull-image",
  id: "pull-image app:1",
  cause: "it is time",
  after: [],
  image: "app:1",
  services: ["web"],
  refreshes: true,
};

const CASES: readonly [string, boolean, StackState, readonly Operation[], string?][] = [
  ["a container that ended", true, REACHED, [EXITED]],
  ["nothing to do", false, REACHED, []],
  ["another version", false, REACHED, [EXITED], "h2"],
  ["nothing known", false, NEW_STACK, [EXITED]],
  [
    "what was asked for and not reached, back at what ran well",
    false,
    { ...REACHED, intended: { commit: "c2", stackHash: "h2", since: SINCE } },
    [EXITED],
  ],
  ["an image that is pulled again", false, REACHED, [PULL, EXITED]],
  ["an image that came", false, REACHED, [start("image of web changed: sha256:1a → sha256:2b")]],
  [
    "a stack that went back and is held there",
    true,
    { ...REACHED, intended: { commit: "c2", stackHash: "h2", since: SINCE }, hold: BACK },
    [EXITED],
  ],
  ["a way back that was interrupted", false, { ...REACHED, hold: BACK, isUnderWay: true }, [EXITED]],
  ["a deployment that was interrupted", false, { ...REACHED, isUnderWay: true }, [EXITED]],
  ["a stack that is about to go back", false, { ...REACHED, hold: BACK }, [EXITED], "h2"],
];

for (const [name, expected, state, operations, stackHash = "h1"] of CASES) {
  Deno.test(`${name} is ${expected ? "drift" : "no drift"}`, () => {
    const stack: StackPlan = {
      name: "web",
      project: "web",
      action: "update",
      stackHash,
      operations,
      warnings: [],
    };
    assert.equal(isDrift(stack, state), expected);
  });
}

Deno.test("heals count for as long as the window is, and a hold stands so long", () => {
  const now = new Date(Date.parse(SINCE) + 600_000);
  const drift = { attempts: 5, within: 600_000 };
  const later = new Date(now.getTime() - 1).toISOString();
  assert.deepEqual(recentHeals({ ...NEW_STACK, heals: [SINCE, later] }, drift.within, now), [later]);
  const held = (since: string): StackState => ({
    ...NEW_STACK,
    hold: { kind: "drift", since, reason: "again", stackHash: "h1" },
  });
  assert.equal(isHeldForDrift(held(later), "h1", { drift, now }), true);
  assert.equal(isHeldForDrift(held(later), "h2", { drift, now }), false);
  assert.equal(isHeldForDrift(held(SINCE), "h1", { drift, now }), false);
  const setBack = "2038-01-19T03:14:07.000Z";
  assert.deepEqual(recentHeals({ ...NEW_STACK, heals: [setBack] }, drift.within, now), []);
  assert.equal(isHeldForDrift(held(setBack), "h1", { drift, now }), false);
});
