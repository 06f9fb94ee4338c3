/** Containers of services that are gone from the Compose file. */
import { serviceOf } from "./compose_labels.ts";
import type { ObservedContainer } from "./observed.ts";
import { LABELS } from "./plan.ts";
import type { Scope } from "./project_scope.ts";
import type { Removal } from "./slot.ts";

/** Only what this instance deployed is removed; of anything else a person is told. */
export function decideOrphans(scope: Scope): readonly Removal[] {
  const orphans = scope.containers.filter((container) => isOrphan(scope, container));
  for (const { name } of orphans.filter((container) => !isOurs(scope, container))) {
    scope.warn(
      `container ${name} belongs to no service of the Compose file; it stays, because Homeport did not deploy it`,
    );
  }
  return orphans.filter((container) => isOurs(scope, container)).map((container) => ({
    container,
    cause: `service ${serviceOf(container)} is gone from the Compose file`,
  }));
}

/** Whether the planner removes it: of the project's own, only a service that a profile disables stays without being in the file. */
export function isRemovedOrphan(scope: Scope, container: ObservedContainer): boolean {
  return isOrphan(scope, container) && isOurs(scope, container);
}

function isOrphan({ project }: Scope, container: ObservedContainer): boolean {
  const service = serviceOf(container);
  return !Object.hasOwn(project.services, service) && !project.disabledServices.includes(service);
}

function isOurs({ instance }: Scope, container: ObservedContainer): boolean {
  return container.labels[LABELS.instance] === instance;
}
