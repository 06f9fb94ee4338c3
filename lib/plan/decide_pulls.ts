/** Which images are pulled, and why. */
import { imageNameOf } from "../compose/image_name.ts";
import type { Service } from "../compose/project.ts";
import type { ServiceDecision } from "./decide_slots.ts";
import { builtImages } from "./decide_builds.ts";
import { findNewer, type ImagePin, pinnedPull, pinOf } from "./image_pins.ts";
import { findRefreshCause, referenceOf } from "./image_wishes.ts";
import { imageKey, type ImageReference } from "./observed.ts";
import { runsPreStart } from "./pre_start.ts";
import { hookImages, mountedImages } from "./references.ts";
import type { BuildImage, PullImage } from "./operation.ts";
import type { Scope } from "./project_scope.ts";
import { type PullPolicy, pullPolicyOf } from "./pull_policy.ts";
import { isReplaced } from "./slot.ts";

/**
 * `always` pulls when a service gets a new container, and not on every pass: that would leave the choice of the moment to a timer.
 * `daily`, `weekly` and `every_…` pull when their time has come; if another image came, the stack is planned once more with it.
 */
export function decidePulls(
  scope: Scope,
  decisions: ReadonlyMap<string, ServiceDecision>,
  starts: ReadonlyMap<string, string>,
): readonly PullImage[] {
  const pulls = new Map<string, PullImage>();
  const built = builtImages(scope);
  for (const decision of decisions.values()) {
    const { service, slots } = decision;
    const add = (reference: ImageReference, cause: string | undefined, refreshes = false): void => {
      if (cause === undefined || built.has(reference.image)) return;
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
        ...((refreshes || known?.refreshes === true) && { refreshes: true }),
      });
    };
    const isNew = slots.some(isReplaced);
    const pin = pinOf(scope, service);
    if (pin !== undefined && isNew && scope.index.images[pin.id] === undefined) {
      const pull = pinnedPull(service, pin);
      const services = [...pulls.get(pull.id)?.services ?? [], service.name].sort();
      pulls.set(pull.id, { ...pull, services });
    }
    const newer = slots.length > 0 ? findNewer(scope, imageNameOf(scope.project, service)) : undefined;
    if (newer !== undefined) add(referenceOf(scope, service), newer, true);
    else if (slots.length > 0 && isTagAsked(service, pin)) {
      const policy = pullPolicyOf(service);
      const reference = referenceOf(scope, service);
      const cause = built.has(reference.image) ? undefined : findCause(scope, service, policy, isNew);
      add(reference, cause, policy.kind === "refresh");
    }
    if (runsPreStart(decision, starts)) {
      for (const image of hookImages(service)) add({ image }, findHookCause(scope, service, image, isNew));
    }
    // Whatever the service's policy says of its own image.
    if (isNew) { for (const image of mountedImages(service)) add({ image }, findAbsence(scope, image)); }
  }
  return [...pulls.values()].sort((a, b) => a.id < b.id ? -1 : 1);
}

function isTagAsked(service: Service, pin: ImagePin | undefined): boolean {
  return pin === undefined || (pin.untilTagMoves === true && pullPolicyOf(service).kind === "refresh");
}

/** Whether a new container is made from it: only then does a pull that fails leave the stack as it runs. */
export function isNeeded(
  { services }: PullImage | BuildImage,
  decisions: ReadonlyMap<string, ServiceDecision>,
): boolean {
  return services.some((name) => decisions.get(name)!.slots.some(isReplaced));
}

function findCause(
  scope: Scope,
  service: Service,
  policy: PullPolicy,
  isReplaced: boolean,
): string | undefined {
  const key = imageKey(referenceOf(scope, service));
  const isHere = scope.index.images[key] !== undefined;
  if (policy.kind === "refresh") {
    if (isHere) return findRefreshCause(scope, service, policy.interval);
    return isReplaced ? `image ${key} is not on this engine` : undefined;
  }
  if (!isReplaced) return undefined;
  if (policy.kind === "never") {
    if (!isHere) {
      scope.warn(
        `image ${key} is not on this engine, and pull_policy of ${service.name} is never: creating its container will fail`,
      );
    }
    return undefined;
  }
  if (!isHere) return `image ${key} is not on this engine`;
  return policy.kind === "always" ? `pull_policy of ${service.name} is always` : undefined;
}

/** Hooks have the policy of their service. */
function findHookCause(scope: Scope, service: Service, image: string, isNew: boolean): string | undefined {
  const { kind } = pullPolicyOf(service);
  if (kind === "never") return undefined;
  const cause = findAbsence(scope, image);
  return cause ?? (kind === "always" && isNew ? `pull_policy of ${service.name} is always` : undefined);
}

function findAbsence(scope: Scope, key: string): string | undefined {
  return scope.index.images[key] === undefined ? `image ${key} is not on this engine` : undefined;
}
