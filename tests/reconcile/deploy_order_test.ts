import assert from "node:assert/strict";
import type { StackPlan } from "../../lib/plan/plan.ts";
import { deployOrder } from "../../lib/reconcile/deploy_order.ts";
import { NEW_STACK, type StackState } from "../../lib/reconcile/state/stack_state.ts";

/** `watched`: its health is still to be seen. `drifted`: it ran well, and was changed. */
type Kind = "new" | "drifted" | "watched" | "idle";

const good: StackState = {
  ...NEW_STACK,
  good: [{ commit: "c1", stackHash: "h", at: "2026-01-02T03:04:05Z", images: {} }],
};

function order(kinds: Readonly<Record<string, Kind>>, startupOrder: readonly string[]) {
  const names = Object.keys(kinds);
  const stacks = names.map((name): StackPlan => ({
    name,
    project: name,
    action: "update",
    stackHash: "h",
    operations: kinds[name] === "new" || kinds[name] === "drifted"
      ? [{ kind: "create-network", network: "n", id: "n", cause: "it is missing", after: [] }]
      : [],
    warnings: [],
    ...(name === "needy" && { after: ["a"] }),
  }));
  const states = names.map((name) => [name, kinds[name] === "new" ? NEW_STACK : good]);
  return Object.fromEntries(deployOrder({
    stacks,
    startupOrder,
    state: { stacks: Object.fromEntries(states) },
    isIdle: ({ name }) => kinds[name] === "idle",
  }));
}

const CASES: readonly [string, Record<string, Kind>, readonly string[], Record<string, readonly string[]>][] =
  [
    ["new stacks wait for all of the startup order", { a: "new", b: "new", c: "new" }, ["a", "b"], {
      a: [],
      b: ["a"],
      c: ["a", "b"],
    }],
    ["stacks without an order wait for what they need", { a: "new", needy: "new" }, [], {
      a: [],
      needy: ["a"],
    }],
    ["after a power cut all come in their order", { a: "drifted", b: "drifted", c: "drifted" }, ["a", "b"], {
      a: [],
      b: ["a"],
      c: ["a", "b"],
    }],
    [
      "what drifted waits for one that is deployed",
      { a: "idle", b: "new", c: "drifted" },
      ["a", "b"],
      { a: [], b: ["a"], c: ["a", "b"] },
    ],
    [
      "what drifted waits for none that is only watched, and for none behind it",
      { a: "watched", b: "new", c: "drifted", d: "new" },
      ["a", "b"],
      { a: [], b: ["a"], c: [], d: ["a", "b"] },
    ],
    [
      "what drifted in the startup order goes ahead, and others wait for it",
      { a: "watched", b: "drifted", c: "new" },
      ["a", "b"],
      { a: [], b: [], c: ["a", "b"] },
    ],
    ["who is only watched is watched at once", { a: "watched", b: "new", c: "watched" }, ["a", "b"], {
      a: [],
      b: ["a"],
      c: [],
    }],
  ];

for (const [title, kinds, startupOrder, expected] of CASES) {
  Deno.test(title, () => assert.deepEqual(order(kinds, startupOrder), expected));
}
