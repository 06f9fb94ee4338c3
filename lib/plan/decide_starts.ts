/** Which containers are started, which must be stopped for it, and why. */
import { dependentsOf } from "../compose/dependencies.ts";
import type { Service } from "../compose/project.ts";
import { isAttached, type NetworkDecision } from "./decide_networks.ts";
import type { ServiceDecision } from "./decide_slots.ts";
import type { ObservedContainer } from "./observed.ts";
import type { Scope } from "./project_scope.ts";
import type { Surroundings } from "./find_recreate_cause.ts";
import { isReplaced, isUp, labelOf, type Slot } from "./slot.ts";

export interface StartDecisions {
  /** {@linkcode labelOf} the slot → why it is started. */
  readonly starts: Map<string, string>;
  /** {@linkcode labelOf} the slot → why it is stopped first. */
  readonly stops: Map<string, string>;
}

/** Adds to `decided` what follows for one service. Its dependencies have had their turn, so that a start can follow from theirs. */
export function decideStarts(
  scope: Scope,
  { service, slots }: ServiceDecision,
  decided: StartDecisions,
  surroundings: Surroundings,
): void {
  for (const slot of slots) {
    if (isReplaced(slot)) {
      decided.starts.set(labelOf(slot), "its container is new");
      continue;
    }
    const { container } = slot;
    const own = findOwnStartCause(scope, service, container) ??
      findNetworkStartCause(container, surroundings.networks);
    const restart = findRestartCause(service, container, surroundings.slots);
    const cause = own ?? restart ?? findMissedRestart(service, container, surroundings.slots);
    if (cause !== undefined) decided.starts.set(labelOf(slot), cause);
    if (own === undefined && restart !== undefined && isUp(container)) {
      decided.stops.set(labelOf(slot), restart);
    }
    if (cause === undefined && container.state === "paused") {
      scope.warn(`container ${slot.name} is paused: left as it is`);
    }
  }
}

function findOwnStartCause(scope: Scope, service: Service, container: ObservedContainer): string | undefined {
  if (container.state === "created") return `${container.name} was created but never started`;
  if (container.state !== "exited" || isCompleted(scope, service, container)) return undefined;
  return `${container.name} has exited with code ${container.exitCode ?? "unknown"}`;
}

/**
 * It ended well and is not meant to run on: it did its job. The reference runs it again on every `up`, which nobody wants from something
 * that looks after the host all day. Where another service waits for it to be healthy, it is no job but was stopped.
 */
export function isCompleted(scope: Scope, service: Service, container: ObservedContainer): boolean {
  if (container.state !== "exited" || container.exitCode !== 0 || isKeptUp(service)) return false;
  return !dependentsOf(scope.project.services, service.name).some((name) =>
    scope.project.services[name]!.depends_on![service.name]!.condition === "service_healthy"
  );
}

function isKeptUp({ restart, deploy }: Service): boolean {
  const policy = deploy?.restart_policy === undefined ? restart : deploy.restart_policy.condition ?? "no";
  return policy !== undefined && ["always", "any", "unless-stopped"].includes(policy);
}

/**
 * Recreating a network stops the containers that are attached to it. A container that has ended, and that has not run with its
 * attachment, was stopped that way by a pass that was interrupted.
 */
function findNetworkStartCause(
  container: ObservedContainer,
  networks: ReadonlyMap<string, NetworkDecision>,
): string | undefined {
  for (const network of networks.values()) {
    if (network.kind === "recreate" && isAttached(container, network)) {
      return `network ${network.name} is recreated`;
    }
    if (container.state === "exited" && container.networkIds.includes(network.name)) {
      return `${container.name} has not run since network ${network.name} was recreated`;
    }
  }
  return undefined;
}

/**
 * `depends_on` with `restart: true` follows a service whose container is recreated. One that has ended runs again for any new container:
 * {@linkcode findMissedRestart} could not tell the difference afterwards.
 */
function findRestartCause(
  service: Service,
  container: ObservedContainer,
  slots: Surroundings["slots"],
): string | undefined {
  const isNew = (slot: Slot) => slot.change === "recreate" || (slot.change !== "keep" && !isUp(container));
  const isRecreated = (all: readonly Slot[]) => all.some(isNew) || (all.length > 0 && all.every(isReplaced));
  const recreated = Object.entries(service.depends_on ?? {}).find(([name, { restart }]) =>
    restart === true && isRecreated(slots.get(name) ?? [])
  );
  return recreated && `${recreated[0]}, which ${service.name} depends on, is recreated`;
}

/** Stopped before a service that it depends on was recreated, by a pass that was interrupted before it could start it again. */
function findMissedRestart(
  service: Service,
  { name, state, finished }: ObservedContainer,
  slots: Surroundings["slots"],
): string | undefined {
  if (state !== "exited" || finished === undefined) return undefined;
  const isNewer = (slot: Slot) => !isReplaced(slot) && slot.container.created >= Math.floor(finished);
  const recreated = Object.entries(service.depends_on ?? {}).find(([dependency, { restart }]) =>
    restart === true && (slots.get(dependency) ?? []).some(isNewer)
  );
  return recreated && `${name} has not run since ${recreated[0]} was recreated`;
}
