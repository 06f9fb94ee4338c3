/** Which images are built, and why. */
import { imageNameOf } from "../compose/image_name.ts";
import type { Service } from "../compose/project.ts";
import { HomeportError } from "../errors.ts";
import type { ServiceDecision } from "./decide_slots.ts";
import { pinOf } from "./image_pins.ts";
import { findRefreshCause, referenceOf } from "./image_wishes.ts";
import { imageKey } from "./observed.ts";
import type { BuildImage } from "./operation.ts";
import { buildId, distinct } from "./operation_ids.ts";
import type { Scope } from "./project_scope.ts";
import { pullPolicyOf } from "./pull_policy.ts";
import { mountedImages } from "./references.ts";
import { isReplaced } from "./slot.ts";

/**
 * An image that is not here is pulled if it can be, where `image` names it, and built if not, as with `docker compose`. One that was
 * built here is built again as soon as its files change. One that came otherwise is left as it is: what it was made of is not known.
 */
export function decideBuilds(
  scope: Scope,
  decisions: ReadonlyMap<string, ServiceDecision>,
): readonly BuildImage[] {
  const builders = new Map<string, Service>();
  for (const name of [...decisions.keys()].sort()) {
    const { service } = decisions.get(name)!;
    if (service.build === undefined) continue;
    const key = imageKey(referenceOf(scope, service));
    const other = builders.get(key);
    if (other === undefined) builders.set(key, service);
    else if (hashOf(scope, other) !== hashOf(scope, service)) throw builtTwice(key, other, service);
  }
  const builderOf = (name: string) =>
    builders.get(imageKey(referenceOf(scope, decisions.get(name)!.service)))!;
  const needsOf = (name: string) => (scope.desired.builds?.[name]?.needs ?? []).map(builderOf);
  const wanted = new Map<string, BuildImage>();
  const add = (service: Service, isNeeded: boolean): void => {
    if (wanted.has(service.name)) return;
    const operation = findBuild(scope, service, usersOf(scope, service, decisions), isNeeded);
    if (operation === undefined) return;
    wanted.set(service.name, operation);
    for (const needed of needsOf(service.name)) add(needed, true);
  };
  for (const service of builders.values()) add(service, false);
  for (const service of builders.values()) {
    if (!wanted.has(service.name)) warnOfStranger(scope, service, usersOf(scope, service, decisions));
  }
  return [...wanted.values()].map((operation) => ({
    ...operation,
    after: distinct(needsOf(operation.service).map(({ name }) => wanted.get(name)?.id)),
  }));
}

/** Names of images that a service of the project builds: nothing else pulls them. */
export function builtImages({ project }: Pick<Scope, "project">): ReadonlySet<string> {
  return new Set(
    Object.values(project.services).filter(({ build }) => build !== undefined)
      .map((service) => imageNameOf(project, service)),
  );
}

/** Those that run the image or mount it. */
function usersOf(
  scope: Scope,
  builder: Service,
  decisions: ReadonlyMap<string, ServiceDecision>,
): readonly ServiceDecision[] {
  const { project } = scope;
  const image = imageNameOf(project, builder);
  // What is held to an image does not wait for another one.
  const isPinned = pinOf(scope, builder) !== undefined;
  return [...decisions.values()].filter(({ service }) =>
    (!isPinned && imageNameOf(project, service) === image) || mountedImages(service).includes(image)
  );
}

type Action = Pick<BuildImage, "cause" | "pull" | "fallback">;

/** `isNeeded`: another build takes the image. */
function findBuild(
  scope: Scope,
  service: Service,
  users: readonly ServiceDecision[],
  isNeeded: boolean,
): BuildImage | undefined {
  const slots = users.flatMap((each) => each.slots);
  if (slots.length === 0 && !isNeeded) return undefined;
  const reference = referenceOf(scope, service);
  const action = findAction(scope, service, isNeeded || slots.some(isReplaced));
  return action && {
    kind: "build-image",
    id: buildId(imageKey(reference)),
    after: [],
    service: service.name,
    ...reference,
    services: users.map((each) => each.service.name).sort(),
    ...action,
    refreshes: true,
  };
}

function findAction(scope: Scope, service: Service, isNew: boolean): Action | undefined {
  const { name, image = "" } = service;
  const key = imageKey(referenceOf(scope, service));
  const policy = pullPolicyOf(service);
  const canPull = image !== "" && policy.kind !== "never" && policy.kind !== "build";
  const again = policy.kind === "refresh" ? "again" : "first";
  if (scope.index.images[key] === undefined) {
    // Nothing needs it before a container or an image is made of it.
    if (!isNew) return undefined;
    return {
      cause: `image ${key} is not on this engine`,
      ...(canPull && { pull: again }),
      fallback: "build",
    };
  }
  const built = scope.index.imageBuilds[key];
  if (built !== undefined && built !== hashOf(scope, service)) {
    return { cause: `build files of ${name} changed`, fallback: "build" };
  }
  if (canPull && policy.kind === "always" && isNew) {
    return { cause: `pull_policy of ${name} is always`, pull: "first", fallback: "keep" };
  }
  if (built !== undefined) return undefined;
  if (canPull && policy.kind === "refresh") {
    const cause = findRefreshCause(scope, service, policy.interval);
    if (cause !== undefined) return { cause, pull: "again", fallback: "keep" };
  }
  if (policy.kind === "build" && isNew) {
    return {
      cause: `pull_policy of ${name} is build, and Homeport did not build image ${key}`,
      fallback: "build",
    };
  }
  return undefined;
}

function warnOfStranger(scope: Scope, service: Service, users: readonly ServiceDecision[]): void {
  const key = imageKey(referenceOf(scope, service));
  const { images, imageBuilds } = scope.index;
  if (images[key] === undefined || imageBuilds[key] !== undefined) return;
  if (users.every(({ slots }) => slots.length === 0)) return;
  scope.warn(
    `image ${key} was not built by Homeport: changes of the build files of ${service.name} are not followed until it is built anew or removed`,
  );
}

function hashOf({ desired }: Scope, { name }: Service): string | undefined {
  return desired.builds?.[name]?.hash;
}

function builtTwice(image: string, one: Service, other: Service): HomeportError {
  return new HomeportError(
    `Services ${one.name} and ${other.name} both build image ${image}, and not from the same`,
    { path: `services.${other.name}.image`, hint: "give one of them another image, or the same build" },
  );
}
