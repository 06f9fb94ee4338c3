/**
 * Turns what was decided about a stack into operations, and says which must come before which.
 *
 * Pulls and builds come before everything: one that fails leaves the stack as it runs, unless nothing new is made from that image. Then come removals, networks and volumes, containers in the order
 * of their dependencies, and in the end starts and waits. Only what needs another operation comes after it, so that one that fails
 * stops as little as possible; no container operation ever waits for a start, so that there is no cycle.
 */
import { arrangeContainers } from "./arrange_containers.ts";
import { arrangeNetworks } from "./arrange_networks.ts";
import { arrangeStarts } from "./arrange_starts.ts";
import { isPreStartHook, serviceOf } from "./compose_labels.ts";
import type { Decisions } from "./decisions.ts";
import type { DroppedNetwork } from "./decide_dropped_networks.ts";
import { isNeeded } from "./decide_pulls.ts";
import type { MissingVolume } from "./decide_volumes.ts";
import type { CreateVolume, Operation, RemoveContainer, RemoveNetwork, StopContainer } from "./operation.ts";
import { networkRemovalId, removalId, stopId, volumeId } from "./operation_ids.ts";
import type { Scope } from "./project_scope.ts";
import { labelOf, type Removal, type Slot } from "./slot.ts";

export function arrangeOperations(scope: Scope, decisions: Decisions): readonly Operation[] {
  const operations = [
    ...decisions.removals.map(removeContainer),
    ...[...decisions.services.values()].flatMap(({ slots }) =>
      slots.flatMap((slot) => stop(decisions, slot))
    ),
    ...arrangeNetworks(decisions),
    ...decisions.volumes.map(createVolume),
    ...arrangeContainers(scope, decisions),
    ...arrangeStarts(scope, decisions),
    ...decisions.dropped.filter(({ network }) =>
      !decisions.yielding.some((each) => each.network.id === network.id)
    ).map(removeNetwork),
  ];
  const images = [...decisions.pulls, ...decisions.builds];
  const needed = images.filter((image) => isNeeded(image, decisions.services)).map(({ id }) => id);
  return [
    ...images,
    ...operations.map((operation) =>
      operation.after.length > 0 ? operation : { ...operation, after: needed }
    ),
  ];
}

function removeContainer(removal: Removal): RemoveContainer {
  return {
    kind: "remove-container",
    id: removalId(removal),
    cause: removal.cause,
    after: [],
    service: isPreStartHook(removal.container) ? "" : serviceOf(removal.container),
    containerId: removal.container.id,
    containerName: removal.container.name,
  };
}

function removeNetwork({ network, after }: DroppedNetwork): RemoveNetwork {
  const { id, name } = network;
  return {
    kind: "remove-network",
    id: networkRemovalId(network),
    cause: "it is gone from the Compose file",
    after,
    networkId: id,
    networkName: name,
  };
}

function createVolume({ key, cause }: MissingVolume): CreateVolume {
  return { kind: "create-volume", id: volumeId(key), cause, after: [], volume: key };
}

function stop({ stops }: Decisions, slot: Slot): StopContainer[] {
  const cause = stops.get(labelOf(slot));
  return cause === undefined || slot.change !== "keep" ? [] : [{
    kind: "stop-container",
    id: stopId(slot),
    cause,
    after: [],
    service: slot.service,
    containerId: slot.container.id,
    containerName: slot.container.name,
  }];
}
