/** Decides what a pass over a host does. Pure: the same input gives the same plan. */
import { HomeportError } from "../errors.ts";
import type { BrokenStack, DesiredStack } from "../stacks/desired_stack.ts";
import { locateError } from "../stacks/locate_error.ts";
import { findTakeovers } from "./find_takeovers.ts";
import { findConflicts } from "./find_conflicts.ts";
import { indexObserved } from "./index_observed.ts";
import { arrangeStacks } from "./arrange_stacks.ts";
import type { Plan, PlanInput, PrunePlan, StackPlan } from "./plan.ts";
import { planPrune, withoutPruned } from "./plan_prune.ts";
import { planStack } from "./plan_stack.ts";
import { resourceKey, usedNetworks, usedVolumes } from "./project_scope.ts";

export function makePlan(input: PlanInput): Plan {
  return plan(input, new Set(input.broken.map(({ name }) => name)));
}

/** `spared`: stacks that are not pruned, because they should run but cannot be deployed. */
function plan(input: PlanInput, spared: ReadonlySet<string>): Plan {
  const index = indexObserved(input.observed);
  const conflicts = findConflicts(input, index);
  const prune = planPrune({
    instance: input.instance,
    observed: input.observed,
    index,
    desired: new Map(input.stacks.map(({ name, project }) => [name, project.name])),
    spared: new Set([...spared, ...conflicts.map(({ name }) => name)]),
    enabled: input.prune,
  });
  const { stacks, broken } = planStacks(input, conflicts, prune);
  // A stack that moves to another project keeps the old one until the new one can be deployed.
  const newlySpared = broken.map(({ name }) => name).filter((name) =>
    prune.stacks.some((each) => each.name === name)
  );
  if (newlySpared.length > 0) return plan(input, new Set([...spared, ...newlySpared]));
  return {
    host: input.host,
    stacks,
    startupOrder: [...new Set(input.startupOrder)].filter((name) =>
      stacks.some((stack) => stack.name === name)
    ),
    broken: [...input.broken, ...broken].sort((a, b) => a.name < b.name ? -1 : 1),
    prune,
  };
}

/** Stacks are planned against what is there after the prune, which comes first: so one can take over a name that another one held. */
function planStacks(
  input: PlanInput,
  conflicts: readonly BrokenStack[],
  prune: PrunePlan,
): { readonly stacks: readonly StackPlan[]; readonly broken: readonly BrokenStack[] } {
  const desired = input.stacks.filter(({ name }) => !conflicts.some((each) => each.name === name));
  const index = indexObserved(withoutPruned(input.observed, prune));
  const provided = providers(desired);
  // What a broken stack uses is not known.
  const claimed = input.prune && input.broken.length === 0 ? claims(input.stacks) : undefined;
  const planned: StackPlan[] = [];
  const broken: BrokenStack[] = [...conflicts];
  for (const stack of desired) {
    try {
      const { instance, now } = input;
      const pins = input.imagePins?.[stack.name] ?? [];
      const newer = input.refresh?.[stack.name] ?? [];
      planned.push(planStack({ desired: stack, instance, index, provided, claimed, now, pins, newer }));
    } catch (error) {
      if (!(error instanceof HomeportError)) throw error;
      broken.push({ name: stack.name, error: locateError(error, stack) as HomeportError });
    }
  }
  const takeovers = findTakeovers(planned, desired, withoutPruned(input.observed, prune));
  const arranged = arrangeStacks(planned, input.startupOrder, takeovers);
  return { stacks: arranged.stacks, broken: [...broken, ...arranged.broken] };
}

/** Networks that some stack's files name, as its own or as external. */
function claims(stacks: readonly DesiredStack[]): ReadonlySet<string> {
  return new Set(
    stacks.flatMap(({ project: { networks, unusedNetworks } }) => [
      ...Object.values(networks).map(({ name }) => name),
      ...unusedNetworks,
    ]),
  );
}

/** Which stack creates which network and volume. */
function providers(stacks: readonly DesiredStack[]): ReadonlyMap<string, string> {
  return new Map(stacks.flatMap(({ name, project }) => [
    ...usedNetworks(project).map((key) => project.networks[key]!).filter(({ external }) => external !== true)
      .map((network) => [resourceKey("network", network.name), name] as const),
    ...usedVolumes(project).map((key) => project.volumes[key]!).filter(({ external }) => external !== true)
      .map((volume) => [resourceKey("volume", volume.name), name] as const),
  ]));
}
