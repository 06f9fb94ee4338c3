/** The operations that start a stack's containers, and those that wait for what a start depends on. */
import { dependenciesOf } from "../compose/dependencies.ts";
import type { Service } from "../compose/project.ts";
import type { Decisions } from "./decisions.ts";
import { changeId, distinct, networkId, preStartId, removalId, startId, stopId } from "./operation_ids.ts";
import { pinOf } from "./image_pins.ts";
import { isCompleted } from "./decide_starts.ts";
import type { RunPreStart, StartContainer, WaitForService } from "./operation.ts";
import { runsPreStart } from "./pre_start.ts";
import type { Scope } from "./project_scope.ts";
import { portsOf, takesAnyOf } from "./published_ports.ts";
import { hookImages } from "./references.ts";
import { isReplaced, labelOf, type Slot } from "./slot.ts";

type Start = RunPreStart | StartContainer | WaitForService;

export function arrangeStarts(scope: Scope, decisions: Decisions): Start[] {
  const waits = new Map<string, WaitForService>();
  const operations: Start[] = [];
  for (const decision of decisions.services.values()) {
    const { service, slots } = decision;
    const started = slots.filter((slot) => decisions.starts.has(labelOf(slot)));
    // Who runs already waits as well, so that a dependency that comes back broken is a failure.
    const needed = waitsFor(scope, decisions, service).filter((wait) =>
      started.length > 0 || (slots.length > 0 && wait.after.length > 0)
    );
    operations.push(...needed.filter(({ id }) => !waits.has(id)));
    for (const wait of needed) waits.set(wait.id, wait);
    if (started.length === 0) continue;
    const needs = new Map(started.map((slot) => [
      slot,
      distinct([
        ...ownOperations(decisions, service, slot),
        ...dependenciesOf(scope.project.services, service.name).flatMap((name) => startsOf(decisions, name)),
        ...needed.map(({ id }) => id),
        ...sharersBefore(decisions, slot),
        ...releasing(decisions, service, slot),
      ]),
    ]));
    const hooks = runsPreStart(decision, decisions.starts)
      ? [runPreStart(scope, decisions, service, started[0]!, [...needs.values()].flat())]
      : [];
    operations.push(
      ...hooks,
      ...started.map((slot, index): StartContainer => ({
        kind: "start-container",
        id: startId(slot),
        cause: decisions.starts.get(labelOf(slot))!,
        after: distinct([
          ...needs.get(slot)!,
          ...hooks.map(({ id }) => id),
          // Replicas that share a range of ports would race for the same one.
          index > 0 && hasPortRange(service) ? startId(started[index - 1]!) : undefined,
        ]),
        service: service.name,
        number: slot.number,
        containerName: slot.name,
      })),
    );
  }
  return operations;
}

/** Everything that the containers wait for must be done: the hooks may need it as well. */
function runPreStart(
  scope: Scope,
  { pulls }: Decisions,
  service: Service,
  { name }: Slot,
  needs: readonly string[],
): RunPreStart {
  const images = hookImages(service);
  const imageId = pinOf(scope, service)?.id;
  return {
    kind: "run-pre-start",
    id: preStartId(service.name),
    cause: `${service.name} starts`,
    after: distinct([
      ...needs,
      ...pulls.filter(({ image, platform }) => platform === undefined && images.includes(image)).map((
        { id },
      ) => id),
    ]),
    service: service.name,
    containerName: name,
    ...(imageId !== undefined && { imageId }),
  };
}

function ownOperations(decisions: Decisions, service: Service, slot: Slot): readonly (string | undefined)[] {
  return [
    changeId(slot),
    decisions.stops.has(labelOf(slot)) ? stopId(slot) : undefined,
    ...Object.keys(service.networks ?? {}).sort().map((key) => networkId(decisions.networks.get(key)!)),
  ];
}

/**
 * Once the owner of a network has started again, nothing tells any more that those who share it are cut off: so they are recreated
 * before it starts.
 */
function sharersBefore({ services }: Decisions, slot: Slot): readonly (string | undefined)[] {
  if (isReplaced(slot)) return [];
  return [...services.values()].filter(({ service }) => service.network_mode === `service:${slot.service}`)
    .flatMap(({ slots }) => slots.map(changeId));
}

function startsOf({ services, starts }: Decisions, service: string): readonly string[] {
  return services.get(service)!.slots.filter((slot) => starts.has(labelOf(slot))).map(startId);
}

/**
 * What may still hold something that the container takes: everything that is removed (a renamed database must not run twice on one
 * volume), and containers that are replaced and publish one of its ports, or any where it asks for an address of its own.
 */
function releasing(decisions: Decisions, service: Service, slot: Slot): readonly (string | undefined)[] {
  const hasAddress = Object.values(service.networks ?? {}).some((network) =>
    network?.ipv4_address !== undefined || network?.ipv6_address !== undefined
  );
  const ports = portsOf(service);
  const others = [...decisions.services.values()].flatMap(({ slots }) => slots);
  return [
    ...decisions.removals.map(removalId),
    ...others.filter((each) =>
      each.change === "recreate" && each !== slot &&
      (hasAddress || takesAnyOf(ports, each.container.publishedPorts))
    ).map(changeId),
  ];
}

function hasPortRange(service: Service): boolean {
  return (service.ports ?? []).some(({ published }) => published?.includes("-") === true);
}

/** Waits only for what does not fulfil the condition already. */
function waitsFor(scope: Scope, decisions: Decisions, service: Service): WaitForService[] {
  return dependenciesOf(scope.project.services, service.name).flatMap((name): WaitForService[] => {
    const { condition, required } = service.depends_on![name]!;
    const { service: dependency, slots } = decisions.services.get(name)!;
    if (condition === "service_started" || slots.length === 0) return [];
    if (slots.every((slot) => isFulfilled(scope, decisions, dependency, slot, condition))) return [];
    return [{
      kind: "wait-for-service",
      id: `wait-for-service ${name} ${WORDS[condition]}${required ? "" : " (optional)"}`,
      cause: `${service.name} depends on it`,
      after: distinct(startsOf(decisions, name)),
      service: name,
      containerNames: slots.map((slot) => slot.name),
      condition,
      required,
    }];
  });
}

const WORDS = { service_healthy: "healthy", service_completed_successfully: "completed" } as const;

function isFulfilled(
  scope: Scope,
  { starts }: Decisions,
  dependency: Service,
  slot: Slot,
  condition: "service_healthy" | "service_completed_successfully",
): boolean {
  if (slot.change !== "keep" || starts.has(labelOf(slot))) return false;
  return condition === "service_healthy"
    ? slot.container.state === "running" && slot.container.health === "healthy"
    : isCompleted(scope, dependency, slot.container);
}
