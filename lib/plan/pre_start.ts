/** When the `pre_start` hooks of a service run, and what an interrupted or failed run of them left behind. */
import { COMPOSE_LABELS, isPreStartHook, serviceOf } from "./compose_labels.ts";
import type { ServiceDecision } from "./decide_slots.ts";
import { LABELS } from "./plan.ts";
import type { Scope } from "./project_scope.ts";
import { isUp, labelOf, type Removal } from "./slot.ts";

type Starts = ReadonlyMap<string, string>;

/** Once a service, before its first container starts: where another one runs on, they do not run. */
export function runsPreStart({ service, slots }: ServiceDecision, starts: Starts): boolean {
  if ((service.pre_start ?? []).length === 0 || !slots.some((slot) => starts.has(labelOf(slot)))) {
    return false;
  }
  return slots.every((slot) =>
    slot.change === "create" || starts.has(labelOf(slot)) || !isUp(slot.container)
  );
}

/** A run of the hooks clears up by itself. What is left of a service whose hooks do not run now is removed. */
export function decideHookLeftovers(
  scope: Scope,
  services: ReadonlyMap<string, ServiceDecision>,
  starts: Starts,
): readonly Removal[] {
  const containers = scope.index.containersByProject.get(scope.project.name) ?? [];
  return containers.filter((container) => {
    if (!isPreStartHook(container) || container.labels[LABELS.instance] !== scope.instance) return false;
    const decision = services.get(serviceOf(container));
    return decision === undefined || !runsPreStart(decision, starts);
  }).map((container) => ({
    container,
    cause: `a ${container.labels[COMPOSE_LABELS.hook]} hook of ${serviceOf(container)} left it behind`,
  }));
}
