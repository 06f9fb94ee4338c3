/** The order of the stacks: those of the startup order first, then the others; each after those that create what it needs. */
import { HomeportError } from "../errors.ts";
import type { BrokenStack } from "../stacks/desired_stack.ts";
import type { StackPlan } from "./plan.ts";
import { sortByNeed } from "./sort_by_need.ts";

export interface ArrangedStacks {
  readonly stacks: readonly StackPlan[];
  readonly broken: readonly BrokenStack[];
}

/** `takeovers`: a stack → those that should come before it, where nothing else speaks against it. */
export function arrangeStacks(
  plans: readonly StackPlan[],
  startupOrder: readonly string[],
  takeovers: Takeovers,
): ArrangedStacks {
  const wished = sortStacks(plans, startupOrder, takeovers);
  const order = findBreaches(wished).length === 0 ? wished : sortStacks(plans, startupOrder, new Map());
  const broken = findBreaches(order);
  if (broken.length === 0) return { stacks: withTakeovers(order, takeovers), broken };
  // A stack that falls out may have been the one that another one waits for.
  const names = new Set(broken.map(({ name }) => name));
  const rest = arrangeStacks(order.filter(({ name }) => !names.has(name)), startupOrder, takeovers);
  return { stacks: rest.stacks, broken: [...broken, ...rest.broken] };
}

type Takeovers = ReadonlyMap<string, readonly string[]>;

function sortStacks(
  plans: readonly StackPlan[],
  startupOrder: readonly string[],
  takeovers: Takeovers,
): readonly StackPlan[] {
  const byName = new Map(plans.map((plan) => [plan.name, plan]));
  const first = [...new Set(startupOrder)].map((name) => byName.get(name)).filter((plan) =>
    plan !== undefined
  );
  const others = plans.filter((plan) => !first.includes(plan)).sort((a, b) => a.name < b.name ? -1 : 1);
  const needsOf = ({ name, after = [] }: StackPlan) =>
    [...after, ...takeovers.get(name) ?? []].map((each) => byName.get(each)).filter((plan) =>
      plan !== undefined
    );
  return [...first, ...sortByNeed(others, needsOf).sorted];
}

/** Stacks that take from each other in a circle cannot all come after one another. */
function withTakeovers(order: readonly StackPlan[], takeovers: Takeovers): readonly StackPlan[] {
  return order.map((plan, index) => {
    const before = new Set(order.slice(0, index).map(({ name }) => name));
    const more = (takeovers.get(plan.name) ?? []).filter((name) => before.has(name));
    return more.length === 0 ? plan : { ...plan, after: [...new Set([...plan.after ?? [], ...more])].sort() };
  });
}

function findBreaches(order: readonly StackPlan[]): readonly BrokenStack[] {
  return order.flatMap((plan, index) => findBreach(plan, order.slice(0, index)));
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
