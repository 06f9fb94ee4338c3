/** The operations on a stack's networks. */
import type { Decisions } from "./decisions.ts";
import { distinct, networkId, networkRemovalId, removalId, stopId } from "./operation_ids.ts";
import { isAttached, type NetworkDecision, type RecreatedNetwork } from "./decide_networks.ts";
import type { YieldingNetwork } from "./decide_yielding_networks.ts";
import type {
  ContainerOfService,
  CreateNetwork,
  RecreateNetwork,
  RemoveNetwork,
  StopContainer,
} from "./operation.ts";
import { isUp, type KeptSlot, labelOf, type RecreatedSlot, type RenamedSlot } from "./slot.ts";

type NetworkOperation = CreateNetwork | RecreateNetwork | RemoveNetwork | StopContainer;

export function arrangeNetworks(decisions: Decisions): NetworkOperation[] {
  const networks = [...decisions.networks.values()];
  const recreated = networks.filter((network) => network.kind === "recreate");
  return [
    ...decisions.yielding.map((each) => removeBefore(decisions, each)),
    ...networks.flatMap((network): CreateNetwork[] =>
      network.kind !== "create" ? [] : [{
        kind: "create-network",
        id: networkId(network)!,
        cause: network.cause,
        after: removedBefore(decisions, network),
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
        ...removedBefore(decisions, network),
      ]),
      network: network.key,
      networkId: network.id,
      containers: attached(decisions, network).filter((slot) => slot.change !== "recreate").map(member),
    })),
  ];
}

/** Of containers that stay, the settings are known: they are attached again to what comes in its place, or created anew. */
function removeBefore(decisions: Decisions, { network, takers }: YieldingNetwork): RemoveNetwork {
  const containers = attached(decisions, network);
  return {
    kind: "remove-network",
    id: networkRemovalId(network),
    cause: `network ${takers.join(", ")} takes its subnet`,
    after: distinct([
      ...containers.filter((slot) => decisions.stops.has(labelOf(slot))).map(stopId),
      ...decisions.removals.filter(({ container }) => isAttached(container, network)).map(removalId),
    ]),
    networkId: network.id,
    networkName: network.name,
    containers: containers.map(member),
  };
}

function removedBefore({ yielding }: Decisions, { key }: NetworkDecision): readonly string[] {
  return yielding.filter(({ takers }) => takers.includes(key)).map(({ network }) =>
    networkRemovalId(network)
  );
}

function member({ service, number, container }: HeldSlot): ContainerOfService {
  return { service, number, containerId: container.id, containerName: container.name };
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
function attached(
  { services }: Decisions,
  network: { readonly id: string; readonly name: string },
): HeldSlot[] {
  return [...services.values()].flatMap(({ slots }) => slots).filter((slot): slot is HeldSlot =>
    slot.change !== "create" && slot.container.state !== "created" && isAttached(slot.container, network)
  );
}
