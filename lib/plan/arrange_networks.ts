/** The operations on a stack's networks. */
import type { Decisions } from "./decisions.ts";
import { distinct, networkId, removalId, stopId } from "./operation_ids.ts";
import { isAttached, type RecreatedNetwork } from "./decide_networks.ts";
import type { CreateNetwork, RecreateNetwork, StopContainer } from "./operation.ts";
import { isUp, type KeptSlot, labelOf, type RecreatedSlot, type RenamedSlot } from "./slot.ts";

export function arrangeNetworks(decisions: Decisions): (CreateNetwork | RecreateNetwork | StopContainer)[] {
  const networks = [...decisions.networks.values()];
  const recreated = networks.filter((network) => network.kind === "recreate");
  return [
    ...networks.flatMap((network): CreateNetwork[] =>
      network.kind !== "create" ? [] : [{
        kind: "create-network",
        id: networkId(network)!,
        cause: network.cause,
        after: [],
        network: network.key,
      }]
    ),
    ...stopsBefore(decisions, recreated),
    // One after the other: a container may be attached to several of them.
    ...recreated.map((network, index): RecreateNetwork => ({
      kind: "recreate-network",
      id: networkId(network)!,
      cause: network.cause,
      after: distinct([
        ...attached(decisions, network).filter((slot) =>
          decisions.stops.has(labelOf(slot)) || isStoppedBefore(slot)
        ).map(stopId),
        ...decisions.removals.filter(({ container }) => container.networkIds.includes(network.id)).map(
          removalId,
        ),
        index === 0 ? undefined : networkId(recreated[index - 1]!),
      ]),
      network: network.key,
      networkId: network.id,
      containers: attached(decisions, network).filter((slot) => slot.change !== "recreate").map((slot) => ({
        service: slot.service,
        number: slot.number,
        containerId: slot.container.id,
        containerName: slot.container.name,
      })),
    })),
  ];
}

type HeldSlot = KeptSlot | RecreatedSlot | RenamedSlot;

/** The engine removes no network that a running container is attached to: those that will be recreated anyway are stopped before. */
function stopsBefore(decisions: Decisions, recreated: readonly RecreatedNetwork[]): StopContainer[] {
  const stops = recreated.flatMap((network) =>
    attached(decisions, network).filter(isStoppedBefore).map((slot): StopContainer => ({
      kind: "stop-container",
      id: stopId(slot),
      cause: `network ${network.name} is recreated`,
      after: [],
      service: slot.service,
      containerId: slot.container.id,
      containerName: slot.container.name,
    }))
  );
  return [...new Map(stops.map((operation) => [operation.id, operation])).values()];
}

function isStoppedBefore(slot: HeldSlot): boolean {
  return slot.change === "recreate" && isUp(slot.container);
}

/**
 * Containers that are attached to it and have a place in the project. One that never ran holds nothing of it: it finds the new one by
 * its name when it starts.
 */
function attached({ services }: Decisions, network: RecreatedNetwork): HeldSlot[] {
  return [...services.values()].flatMap(({ slots }) => slots).filter((slot): slot is HeldSlot =>
    slot.change !== "create" && slot.container.state !== "created" && isAttached(slot.container, network)
  );
}
