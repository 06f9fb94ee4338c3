/** Which stacks of a pass are deployed only after which others. */
import type { StackPlan } from "../plan/plan.ts";
import { isDrift } from "./leave_alone.ts";
import { type HostState, stateOf } from "./state/stack_state.ts";

export interface DeployOrderInput {
  /** Those that are deployed, in their order. */
  readonly stacks: readonly StackPlan[];
  readonly startupOrder: readonly string[];
  readonly state: HostState;
  /** There is neither anything to do for it, nor to be watched. */
  readonly isIdle: (stack: StackPlan) => boolean;
}

/**
 * Names by name. Stacks of the startup order come one after the other, and before all others. What ran well and is put back, or has
 * nothing more to do than to get well, does not wait for one that is only watched, nor for those that wait for that.
 */
export function deployOrder(
  { stacks, startupOrder, state, isIdle }: DeployOrderInput,
): ReadonlyMap<string, readonly string[]> {
  const order = new Map<string, readonly string[]>();
  /** Those that are only watched, and those that wait for one. */
  const stuck = new Set<string>();
  const first = stacks.map(({ name }) => name).filter((name) => startupOrder.includes(name));
  for (const stack of stacks) {
    const { name, operations } = stack;
    const place = first.indexOf(name);
    const before = place < 0 ? first : first.slice(0, place);
    const needed = place < 0 ? stack.after ?? [] : [];
    const isReady = operations.length === 0 || isDrift(stack, stateOf(state, name));
    const after = [...before.filter((each) => !isReady || !stuck.has(each)), ...needed];
    order.set(name, after);
    const isWatched = operations.length === 0 && !isIdle(stack);
    if (isWatched || after.some((each) => stuck.has(each))) stuck.add(name);
  }
  return order;
}
