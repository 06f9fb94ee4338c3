import type { Plan, StackPlan } from "./plan.ts";

/** How many stacks of each kind a plan has. */
export interface PlanSummary {
  readonly create: number;
  readonly update: number;
  readonly remove: number;
  readonly adopt: number;
  readonly broken: number;
  /** Stacks that lack a secret. */
  readonly waiting: number;
  /** Stacks that are left alone on purpose. */
  readonly left: number;
  readonly unchanged: number;
  /** Operations over all stacks, removed ones included. */
  readonly operations: number;
}

export function summarizePlan({ stacks: all, broken, prune, suspended = [] }: Plan): PlanSummary {
  const stacks = all.filter(({ left }) => left === undefined);
  const count = (action: StackPlan["action"]) => stacks.filter((stack) => stack.action === action).length;
  return {
    create: count("create"),
    update: count("update"),
    remove: prune.stacks.length,
    adopt: count("adopt"),
    broken: broken.filter(({ waitsFor }) => waitsFor === undefined).length,
    waiting: broken.filter(({ waitsFor }) => waitsFor !== undefined).length,
    left: all.length - stacks.length + suspended.length,
    unchanged: count("none"),
    operations: [...stacks, ...prune.stacks].reduce((sum, { operations }) => sum + operations.length, 0),
  };
}
