/** The order of the stacks: those of the startup order first, then the others; each after those that create what it needs. */
import { HomeportError } from "../errors.ts";
import type { BrokenStack } from "../stacks/desired_stack.ts";
import type { StackPlan } from "./plan.ts";
import { sortByNeed } from "./sort_by_need.ts";

export interface ArrangedStacks {
  readonly stacks: readonly StackPlan[];
  readonly broken: readonly BrokenStack[];
}

export function arrangeStacks(plans: readonly StackPlan[], startupOrder: readonly string[]): ArrangedStacks {
  const byName = new Map(plans.map((plan) => [plan.name, plan]));
  const first = [...new Set(startupOrder)].map((name) => byName.get(name)).filter((plan) =>
    plan !== undefined
  );
  const others = plans.filter((plan) => !first.includes(plan)).sort((a, b) => a.name < b.name ? -1 : 1);
  const needsOf = ({ after = [] }: StackPlan) =>
    after.map((name) => byName.get(name)).filter((plan) => plan !== undefined);
  const { sorted } = sortByNeed(others, needsOf);
  const order = [...first, ...sorted];
  const broken = order.flatMap((plan, index) => findBreach(plan, order.slice(0, index)));
  if (broken.length === 0) return { stacks: order, broken };
  // A stack that falls out may have been the one that another one waits for.
  const names = new Set(broken.map(({ name }) => name));
  const rest = arrangeStacks(order.filter(({ name }) => !names.has(name)), startupOrder);
  return { stacks: rest.stacks, broken: [...broken, ...rest.broken] };
}

function findBreach({ name, after = [] }: StackPlan, before: readonly StackPlan[]): readonly BrokenStack[] {
  const missing = after.find((need) => !before.some((each) => each.name === need));
  return missing === undefined ? [] : [{
    name,
    error: new HomeportError(
      `Stack ${name} uses an external network or volume that does not exist yet and that stack ${missing} creates, but ${missing} is not deployed before it`,
      {
        hint: `see whether ${missing} can be deployed, and put it before ${name} in the startup order`,
        consequence: "wait",
      },
    ),
  }];
}
