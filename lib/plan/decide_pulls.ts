/** Which images are pulled before anything of the stack is touched. */
import type { Service } from "../compose/project.ts";
import type { ServiceDecision } from "./decide_slots.ts";
import { imageKey } from "./observed.ts";
import type { PullImage } from "./operation.ts";
import type { Scope } from "./project_scope.ts";
import { isReplaced } from "./slot.ts";

/**
 * Only for services that get a new container. So a policy that pulls on every `up` (`always`, `daily`, …) pulls when the service is
 * created or recreated: pulling on every pass would fill the disk and leave the choice of the moment to a timer.
 */
export function decidePulls(
  scope: Scope,
  decisions: ReadonlyMap<string, ServiceDecision>,
): readonly PullImage[] {
  const pulls = new Map<string, PullImage>();
  for (const { service, slots } of decisions.values()) {
    if (!slots.some(isReplaced)) continue;
    const cause = findCause(scope, service);
    if (cause === undefined) continue;
    const { image = "", platform } = service;
    const id = `pull-image ${keyOf(service)}`;
    const known = pulls.get(id);
    pulls.set(id, {
      kind: "pull-image",
      id,
      cause: known?.cause ?? cause,
      after: [],
      image,
      ...(platform !== undefined && { platform }),
      services: [...known?.services ?? [], service.name].sort(),
    });
  }
  return [...pulls.values()].sort((a, b) => a.id < b.id ? -1 : 1);
}

function findCause(scope: Scope, service: Service): string | undefined {
  const key = keyOf(service);
  const isHere = scope.index.images[key] !== undefined;
  switch (service.pull_policy) {
    case undefined:
    case "":
    case "missing":
    case "if_not_present":
      return isHere ? undefined : `image ${key} is not on this engine`;
    case "never":
      if (!isHere) {
        scope.warn(
          `image ${key} is not on this engine, and pull_policy of ${service.name} is never: creating its container will fail`,
        );
      }
      return undefined;
    default:
      return isHere
        ? `pull_policy of ${service.name} is ${service.pull_policy}`
        : `image ${key} is not on this engine`;
  }
}

function keyOf({ image = "", platform }: Service): string {
  return imageKey({ image, ...(platform !== undefined && { platform }) });
}
