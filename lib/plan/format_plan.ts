/** The plan's one text form, for people and for tests. Unchanged stacks are only counted. Never holds a variable's value. */
import { formatError } from "../errors.ts";
import { describeOperation } from "./describe_operation.ts";
import type { Plan, PrunedStack, PrunePlan, StackPlan } from "./plan.ts";
import { summarizePlan } from "./summarize_plan.ts";
import type { BrokenStack } from "../stacks/desired_stack.ts";

/**
 * A block a stack: `+` created, `~` updated, `=` adopted, `-` removed, `✗` cannot be deployed,
 * `…` waits for secrets, `‖` is left alone on purpose, blank unchanged but with a warning.
 * Below it a line an operation with its cause, and `!` before a warning. The last line sums up.
 */
export function formatPlan(plan: Plan, { held = [], notReached = [] }: Kept = {}): string {
  const blocks = [
    ...plan.prune.stacks.map(formatPruned),
    ...plan.stacks.filter(isWorthShowing).map(formatStack),
    ...plan.broken.map(formatBroken),
    ...(plan.suspended ?? []).map(({ name, reason }) => `‖ ${name}: ${reason}`),
    ...(plan.prune.left?.kind === "window" ? [`! Nothing is removed now: ${plan.prune.left.reason}.`] : []),
    ...(plan.prune.needsConfirmation ? [formatConfirmation(plan.prune)] : []),
  ];
  return [...blocks, formatSummary(plan, { held, notReached })].join("\n\n") + "\n";
}

/** Names of stacks that are not as Git says, although there is nothing to do for them. */
export interface Kept {
  /** They went back to another commit. */
  readonly held?: readonly string[];
  /** They do not run well. */
  readonly notReached?: readonly string[];
}

function isWorthShowing({ action, warnings }: StackPlan): boolean {
  return action !== "none" || warnings.length > 0;
}

function formatStack({ name, action, operations, warnings, after = [], left }: StackPlan): string {
  return [
    left === undefined
      ? `${SYMBOLS[action]} ${name}: ${headline(action, operations.length)}`
      : `‖ ${name}: left as it is — ${left.reason}`,
    ...after.map((stack) => `    waits for stack ${stack}`),
    ...operations.map((operation) => `    ${describeOperation(operation)} — ${operation.cause}`),
    ...warnings.map(({ message }) => `  ! ${message}`),
  ].join("\n");
}

const SYMBOLS = { create: "+", update: "~", adopt: "=", none: " " } as const;

function headline(action: StackPlan["action"], count: number): string {
  switch (action) {
    case "create":
      return `create, ${operationCount(count)}`;
    case "update":
      return `update, ${operationCount(count)}`;
    case "adopt":
      return "adopt; it already runs as Git says, without Homeport's labels";
    case "none":
      return "unchanged";
  }
}

function formatPruned({ name, operations, kept, cause }: PrunedStack): string {
  return [
    `- ${name}: remove, ${operationCount(operations.length)} — ${cause}`,
    ...operations.map((operation) => `    ${describeOperation(operation)}`),
    ...kept.map((each) => `    keep ${each}`),
  ].join("\n");
}

function formatBroken({ name, error, waitsFor }: BrokenStack): string {
  const lines = formatError(error).split("\n").map((line) => `    ${line}`);
  const headline = waitsFor === undefined
    ? `✗ ${name}: cannot be deployed`
    : `… ${name}: waits for ${waitsFor}`;
  return [`${headline}, left as it runs`, ...lines].join("\n");
}

function formatConfirmation({ stacks, managed }: PrunePlan): string {
  return `! This would remove ${stacks.length} of the ${managed} stacks that run. Apply asks for --confirm-prune.`;
}

function formatSummary(plan: Plan, kept: Required<Kept>): string {
  const { create, update, adopt, unchanged: idle, remove, broken, waiting, left } = summarizePlan(plan);
  const countIdle = (names: readonly string[]) =>
    plan.stacks.filter(({ name, action, left }) =>
      action === "none" && left === undefined && names.includes(name)
    ).length;
  const [held, notReached] = [countIdle(kept.held), countIdle(kept.notReached)];
  const unchanged = idle - held - notReached;
  const parts = [
    [create, "to create"],
    [update, "to update"],
    [remove, "to remove"],
    [adopt, "to adopt"],
    [broken, "broken"],
    [waiting, "waiting for secrets"],
    [left, "left alone"],
    [held, "held"],
    [notReached, "not reached"],
    [unchanged, "unchanged"],
  ] as const;
  if (create + update + remove + adopt + broken + waiting + left + held + notReached === 0) {
    if (unchanged === 0) return `Nothing to do on ${plan.host}: it has no stacks.`;
    return `Nothing to do on ${plan.host}: ${stackCount(unchanged)} as Git says.`;
  }
  const counts = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return `Plan for ${plan.host}: ${counts.join(", ")}.`;
}

function stackCount(count: number): string {
  return count === 1 ? "its stack runs" : `all ${count} stacks run`;
}

function operationCount(count: number): string {
  return count === 1 ? "1 operation" : `${count} operations`;
}
