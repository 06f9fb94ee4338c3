/** Which containers are started, which must be stopped for it, and why. */
import { dependentsOf } from "../compose/dependencies.ts";
import type { Service } from "../compose/project.ts";
import { isAttached, type NetworkDecision } from "./decide_networks.ts";
import type { ServiceDecision } from "./decide_slots.ts";
import type { ObservedContainer } from "./observed.ts";
import type { Scope } from "./project_scope.ts";
import { firstByName, isReplaced, type KeptSlot, labelOf, lastingContainer, type Slot } from "./slot.ts";

export interface StartDecisions {
  /** {@linkcode labelOf} the slot → why it is started. */
  readonly starts: ReadonlyMap<string, string>;
  /** {@linkcode labelOf} the slot → why it is stopped first. */
  readonly stops: ReadonlyMap<string, string>;
}

/** Services come after those that they depend on, so that a start can follow from another one. */
export function decideStarts(
  scope: Scope,
  decisions: ReadonlyMap<string, ServiceDecision>,
  networks: ReadonlyMap<string, NetworkDecision>,
): StartDecisions {
  const starts = new Map<string, string>();
  const stops = new Map<string, string>();
  for (const { service, slots } of decisions.values()) {
    const restart = findRestartCause(service, decisions, starts);
    for (const slot of slots) {
      const cause = slot.change === "create" || slot.change === "recreate"
        ? slot.cause
        : findOwnStartCause(scope, service, slot.container) ??
          findNetworkStartCause(slot.container, networks) ?? restart ??
          findMissedRestart(service, slot.container, decisions);
      if (cause === undefined) continue;
      starts.set(labelOf(slot), cause);
      if (cause === restart && slot.change === "keep" && isUp(slot.container)) {
        stops.set(labelOf(slot), cause);
      }
    }
  }
  warnOfPaused(scope, decisions, starts);
  return { starts, stops };
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

/** `depends_on` with `restart: true` follows a recreated service; who shares a network is cut off once its owner starts again. */
function findRestartCause(
  service: Service,
  decisions: ReadonlyMap<string, ServiceDecision>,
  starts: ReadonlyMap<string, string>,
): string | undefined {
  for (const [name, { restart }] of Object.entries(service.depends_on ?? {})) {
    const slots = decisions.get(name)?.slots ?? [];
    if (restart === true && slots.some((slot) => slot.change === "recreate")) {
      return `${name}, which ${service.name} depends on, is recreated`;
    }
    if (service.network_mode !== `service:${name}`) continue;
    const owner = firstByName(slots);
    if (owner !== undefined && !isReplaced(owner) && starts.has(labelOf(owner))) {
      return `${name}, whose network ${service.name} shares, is started again`;
    }
  }
  return undefined;
}

/** Stopped before a service that it depends on was recreated, by a pass that was interrupted before it could start it again. */
function findMissedRestart(
  service: Service,
  { name, state, finished }: ObservedContainer,
  decisions: ReadonlyMap<string, ServiceDecision>,
): string | undefined {
  if (state !== "exited" || finished === undefined) return undefined;
  for (const [dependency, { restart }] of Object.entries(service.depends_on ?? {})) {
    const isNewer = (slot: Slot) => (lastingContainer(slot)?.created ?? 0) >= Math.floor(finished);
    if (restart === true && (decisions.get(dependency)?.slots ?? []).some(isNewer)) {
      return `${name} has not run since ${dependency} was recreated`;
    }
  }
  return undefined;
}

function warnOfPaused(
  scope: Scope,
  decisions: ReadonlyMap<string, ServiceDecision>,
  starts: ReadonlyMap<string, string>,
): void {
  const paused = [...decisions.values()].flatMap(({ slots }) => slots).filter((slot): slot is KeptSlot =>
    slot.change === "keep" && slot.container.state === "paused" && !starts.has(labelOf(slot))
  );
  for (const { name } of paused) scope.warn(`container ${name} is paused: left as it is`);
}

/** Whether it runs, or would on its own. */
export function isUp({ state }: ObservedContainer): boolean {
  return state === "running" || state === "restarting" || state === "paused";
}
