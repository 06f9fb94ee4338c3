import type { StackPlan } from "../../plan/plan.ts";
import type { PassRun } from "../deploy_stack.ts";
import { imagesByService } from "../history/image_changes.ts";
import { stateOf } from "../state/stack_state.ts";

/**
 * Whether what runs was never seen to be well: what was begun or last asked for was not reached, or other images run than those that were.
 * Without any good state nobody knows, and what runs is taken as it is.
 */
export function isUnproven(
  { deps, options, planned }: Pick<PassRun, "deps" | "options" | "planned">,
  plan: StackPlan,
): boolean {
  if (options.gates?.has(plan)) return true;
  if (deps.state === undefined) return false;
  const { intended, good: [good], isUnderWay } = stateOf(planned.state, plan.name);
  if (isUnderWay) return true;
  if (planned.held.has(plan.name)) return false;
  if (good === undefined) return intended !== undefined;
  if (intended !== undefined && intended.stackHash !== good.stackHash) return true;
  return [...imagesByService(plan.project, planned.observed)].some(([service, { id }]) =>
    Object.hasOwn(good.images, service) && good.images[service]!.id !== id
  );
}
