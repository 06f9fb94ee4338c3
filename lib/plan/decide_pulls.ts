/** Which images are pulled before anything of the stack is touched. */
import type { Service } from "../compose/project.ts";
import type { ServiceDecision } from "./decide_slots.ts";
import { imageKey, type ImageReference } from "./observed.ts";
import { mountedImages } from "./references.ts";
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
    const add = (reference: ImageReference, cause: string | undefined): void => {
      if (cause === undefined) return;
      const id = `pull-image ${imageKey(reference)}`;
      const known = pulls.get(id);
      const services = [...new Set([...known?.services ?? [], service.name])].sort();
      pulls.set(id, {
        kind: "pull-image",
        id,
        cause: known?.cause ?? cause,
        after: [],
        ...reference,
        services,
      });
    };
    add(referenceOf(service), findCause(scope, service));
    // Whatever the service's policy says of its own image.
    for (const image of mountedImages(service)) add({ image }, findAbsence(scope, image));
  }
  return [...pulls.values()].sort((a, b) => a.id < b.id ? -1 : 1);
}

function findCause(scope: Scope, service: Service): string | undefined {
  const key = imageKey(referenceOf(service));
  const absence = findAbsence(scope, key);
  switch (service.pull_policy) {
    case undefined:
    case "":
    case "missing":
    case "if_not_present":
      return absence;
    case "never":
      if (absence !== undefined) {
        scope.warn(
          `${absence}, and pull_policy of ${service.name} is never: creating its container will fail`,
        );
      }
      return undefined;
    default:
      return absence ?? `pull_policy of ${service.name} is ${service.pull_policy}`;
  }
}

function findAbsence(scope: Scope, key: string): string | undefined {
  return scope.index.images[key] === undefined ? `image ${key} is not on this engine` : undefined;
}

function referenceOf({ image = "", platform }: Service): ImageReference {
  return { image, ...(platform !== undefined && { platform }) };
}
