/** Why a container cannot stay as it is. */
import { isServiceHash } from "../compose/hash.ts";
import type { Service } from "../compose/project.ts";
import { COMPOSE_LABELS } from "./compose_labels.ts";
import { isAttached, type NetworkDecision } from "./decide_networks.ts";
import { pinOf, wantedImageId } from "./image_pins.ts";
import { describeImageChange } from "./image_reference.ts";
import type { ObservedContainer } from "./observed.ts";
import { LABELS } from "./plan.ts";
import { namedVolumesOf, type Scope } from "./project_scope.ts";
import { parentsOf, resolveForHash } from "./references.ts";
import { findSecretChange } from "./secret_prints.ts";
import { firstByName, labelOf, lastingContainer, type Slot } from "./slot.ts";

/** What is decided already when a service's turn comes. */
export interface Surroundings {
  readonly networks: ReadonlyMap<string, NetworkDecision>;
  /** Slots of the services before it, by the service's name. */
  readonly slots: ReadonlyMap<string, readonly Slot[]>;
  /** Which of those are started. */
  readonly starts: ReadonlyMap<string, string>;
}

/** In words; `undefined` when it can stay. */
export function findRecreateCause(
  scope: Scope,
  service: Service,
  container: ObservedContainer,
  { networks, slots, starts }: Surroundings,
): string | undefined {
  if (container.state === "dead" || container.state === "removing") {
    return `${container.name} is ${container.state === "dead" ? "dead" : "being removed"}`;
  }
  const parent = findNewParent(service, slots) ?? findNetworkOwnerStart(service, container, slots, starts);
  if (parent !== undefined) return parent;
  const own = [
    findConfigChange(scope, service, container, slots),
    findImageChange(scope, service, container),
  ];
  const changes = own.filter((change) => change !== undefined);
  if (changes.length > 0) return changes.join("; ");
  return findFilesChange(scope, service, container) ??
    findNetworkChange(scope, service, container, networks) ??
    findVolumeChange(scope, service, container);
}

/** A container shares namespaces and volumes with a certain container: once that is another one, it must be made anew. */
function findNewParent(service: Service, slots: Surroundings["slots"]): string | undefined {
  const parent = parentsOf(service).find((name) => containerIdIn(slots, name) === undefined);
  if (parent === undefined) return undefined;
  const change = firstByName(slots.get(parent) ?? [])?.change === "recreate" ? "is recreated" : "is created";
  return `${parent}, which ${service.name} shares resources with, ${change}`;
}

/** The network of a container ends with it: who shares it is cut off for good once its owner starts again. */
function findNetworkOwnerStart(
  { name, network_mode }: Service,
  container: ObservedContainer,
  slots: Surroundings["slots"],
  starts: Surroundings["starts"],
): string | undefined {
  const owner = network_mode?.startsWith("service:") ? network_mode.slice("service:".length) : undefined;
  const slot = owner === undefined ? undefined : firstByName(slots.get(owner) ?? []);
  return slot !== undefined && container.state !== "created" && starts.has(labelOf(slot))
    ? `${owner}, whose network ${name} shares, starts again`
    : undefined;
}

function containerIdIn(slots: Surroundings["slots"], service: string): string | undefined {
  const first = firstByName(slots.get(service) ?? []);
  return first === undefined ? undefined : lastingContainer(first)?.id;
}

function findConfigChange(
  scope: Scope,
  service: Service,
  container: ObservedContainer,
  slots: Surroundings["slots"],
): string | undefined {
  const resolved = resolveForHash(service, (name) => containerIdIn(slots, name));
  return isServiceHash(container.labels[COMPOSE_LABELS.configHash], resolved)
    ? undefined
    : findSecretChange(scope, service.name, container) ?? `config of ${service.name} changed`;
}

/** An image that is not here is no reason: nothing says that another one would come. */
function findImageChange(scope: Scope, service: Service, container: ObservedContainer): string | undefined {
  const wanted = wantedImageId(scope, service);
  const used = container.labels[COMPOSE_LABELS.image];
  if (wanted === undefined || wanted === used) return undefined;
  const change = describeImageChange(used ?? container.image, wanted);
  return pinOf(scope, service) === undefined
    ? `image of ${service.name} changed: ${change}`
    : `${service.name} is held to another image: ${change}`;
}

/** A container of `docker compose` carries no hash of the files: there the time of the last change decides. */
function findFilesChange(scope: Scope, { name }: Service, container: ObservedContainer): string | undefined {
  const files = scope.desired.serviceFiles[name];
  if (container.labels[LABELS.instance] === undefined) {
    return files !== undefined && files.modified > container.created
      ? `mounted file of ${name} changed since its container was created`
      : undefined;
  }
  if (container.labels[LABELS.filesHash] === files?.hash) return undefined;
  return findSecretChange(scope, name, container) ?? `mounted file of ${name} changed`;
}

/**
 * A container that never ran has no attachments that the engine could name, and gets them as it starts. One that has ended keeps
 * those it had: lacking one means that the network was removed under it, and starting it would fail.
 */
function findNetworkChange(
  { index }: Scope,
  service: Service,
  container: ObservedContainer,
  networks: Surroundings["networks"],
): string | undefined {
  if (container.state !== "created") {
    const missing = Object.keys(service.networks ?? {}).map((key) => networks.get(key)!).find((network) =>
      !isAttached(container, network)
    );
    if (missing !== undefined) return `network ${missing.name} is not attached to ${container.name}`;
  }
  const stale = container.networkIds.some((id) => /^[0-9a-f]{64}$/.test(id) && !index.networksById.has(id));
  return stale && container.state !== "running"
    ? `a network of ${container.name} was removed under it`
    : undefined;
}

function findVolumeChange(
  { project }: Scope,
  service: Service,
  container: ObservedContainer,
): string | undefined {
  const mounted = container.mounts.flatMap(({ type, name }) => type === "volume" ? [name] : []);
  const missing = namedVolumesOf(service).map((key) => project.volumes[key]!.name).find((name) =>
    !mounted.includes(name)
  );
  return missing === undefined ? undefined : `volume ${missing} is not mounted in ${container.name}`;
}

/** Whether a container is recreated because another image came, and not because somebody changed something by hand. */
export function isImageChange(cause: string): boolean {
  return /(^|; )image of \S+ changed: |is held to another image: /.test(cause);
}
