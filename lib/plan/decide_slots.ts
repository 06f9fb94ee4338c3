/** Which containers a service is to have: kept, recreated, created, removed. */
import type { Service } from "../compose/project.ts";
import { numberOf, serviceOf } from "./compose_labels.ts";
import { findRecreateCause, type Surroundings } from "./find_recreate_cause.ts";
import type { ObservedContainer } from "./observed.ts";
import { LABELS } from "./plan.ts";
import type { Scope } from "./project_scope.ts";
import { type Candidate, settleRecreations } from "./settle_recreations.ts";
import type { Removal, Slot } from "./slot.ts";

export interface ServiceDecision {
  readonly service: Service;
  /** By number. */
  readonly slots: readonly Slot[];
  readonly removals: readonly Removal[];
}

/** `surroundings`: the networks, and the slots of the services that were decided before. */
export function decideSlots(scope: Scope, service: Service, surroundings: Surroundings): ServiceDecision {
  const observed = scope.containers.filter((container) => serviceOf(container) === service.name);
  const judged = observed.map((container) => judge(scope, service, container, surroundings));
  const settled = settleRecreations(judged);
  const candidates = [...settled.candidates].sort(bestFirst);
  const unique = candidates.filter(({ number }, index) =>
    candidates.findIndex((each) => each.number === number) === index
  );
  const wanted = scaleOf(service);
  const kept = unique.slice(0, wanted);
  const removals = [
    ...settled.removals,
    ...candidates.filter((each) => !unique.includes(each)).map(({ container, number }) => ({
      container,
      cause: `${service.name}-${number} is there twice`,
    })),
    ...unique.slice(wanted).map(({ container }) => ({
      container,
      cause: `scale of ${service.name} changed: ${unique.length} → ${wanted}`,
    })),
  ];
  const created = newSlots(scope, service, unique, wanted);
  const slots = [...kept.map((candidate) => slotOf(scope, service, candidate)), ...created];
  return { service, slots: slots.sort((a, b) => a.number - b.number), removals };
}

function judge(
  scope: Scope,
  service: Service,
  container: ObservedContainer,
  surroundings: Surroundings,
): Candidate {
  return {
    container,
    number: numberOf(container),
    replaces: findReplaced(scope, service, container),
    cause: findRecreateCause(scope, service, container, surroundings),
  };
}

/** Obsolete containers go first when there are too many, then the highest numbers; of two with one number the better stays. */
function bestFirst(a: Candidate, b: Candidate): number {
  return Number(a.cause !== undefined) - Number(b.cause !== undefined) ||
    a.number - b.number ||
    Number(a.replaces !== undefined) - Number(b.replaces !== undefined) ||
    Number(a.container.state !== "running") - Number(b.container.state !== "running") ||
    b.container.created - a.container.created ||
    (a.container.id < b.container.id ? -1 : 1);
}

/** The beginning of an ID, where the container has a temporary name. */
function findReplaced(
  { project }: Scope,
  service: Service,
  container: ObservedContainer,
): string | undefined {
  if (container.name === containerName(project.name, service, numberOf(container))) return undefined;
  return /^([0-9a-f]{12})_./.exec(container.name)?.[1];
}

function slotOf(scope: Scope, service: Service, candidate: Candidate): Slot {
  const { container, number, replaces, cause } = candidate;
  const name = containerName(scope.project.name, service, number);
  const base = { service: service.name, number, container };
  if (cause !== undefined) return { ...base, change: "recreate", name, cause };
  if (replaces !== undefined) {
    const renamed = `a recreation of ${service.name}-${number} was interrupted before its last step`;
    return { ...base, change: "rename", name, cause: renamed };
  }
  // One that is adopted was named by somebody else, as he likes it.
  if (container.name === name || container.labels[LABELS.instance] === undefined) {
    return { ...base, change: "keep", name: container.name };
  }
  return {
    ...base,
    change: "rename",
    name,
    cause: `container ${name} was renamed to ${container.name}`,
  };
}

/** New numbers count on from the highest; gaps stay, as with `docker compose`. */
function newSlots(scope: Scope, service: Service, existing: readonly Candidate[], wanted: number): Slot[] {
  const highest = Math.max(0, ...existing.map(({ number }) => number));
  const cause = existing.length === 0
    ? `${service.name} has no container yet`
    : `scale of ${service.name} changed: ${existing.length} → ${wanted}`;
  return Array.from({ length: Math.max(0, wanted - existing.length) }, (_, index) => {
    const number = highest + index + 1;
    const name = containerName(scope.project.name, service, number);
    return { service: service.name, number, name, change: "create", cause };
  });
}

function containerName(project: string, service: Service, number: number): string {
  return service.container_name ?? `${project}-${service.name}-${number}`;
}

/** How many containers it is to have. */
export function scaleOf(service: Service): number {
  return service.scale ?? service.deploy?.replicas ?? 1;
}
