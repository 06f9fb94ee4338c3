/** The operations that create, recreate and rename a stack's containers. */
import { dependenciesOf, dependentsOf } from "../compose/dependencies.ts";
import type { Decisions } from "./decisions.ts";
import {
  changeId,
  distinct,
  networkId,
  networkRemovalId,
  removalId,
  stopId,
  volumeId,
} from "./operation_ids.ts";
import { isAttached } from "./decide_networks.ts";
import { pinOf } from "./image_pins.ts";
import type { CreateContainer, RecreateContainer, RenameContainer } from "./operation.ts";
import { namedVolumesOf, type Scope } from "./project_scope.ts";
import { labelOf, type Slot } from "./slot.ts";

export type ContainerOperation = CreateContainer | RecreateContainer | RenameContainer;

export function arrangeContainers(scope: Scope, decisions: Decisions): ContainerOperation[] {
  return [...decisions.services.values()].flatMap(({ service, slots }) =>
    slots.flatMap((slot): ContainerOperation[] => {
      const id = changeId(slot);
      if (id === undefined) return [];
      const after = distinct([
        ...Object.keys(service.networks ?? {}).sort().map((key) => networkId(decisions.networks.get(key)!)),
        ...namedVolumesOf(service).filter((key) => decisions.volumes.some((each) => each.key === key)).map(
          volumeId,
        ),
        ...dependenciesOf(scope.project.services, service.name).flatMap((name) =>
          decisions.services.get(name)!.slots.map(changeId)
        ),
        ...removalsBefore(decisions, slot),
        ...slot.change === "recreate" ? stopsBefore(scope, decisions, slot) : [],
        ...slot.change === "create"
          ? []
          : decisions.yielding.filter(({ network }) => isAttached(slot.container, network)).map((
            { network },
          ) => networkRemovalId(network)),
      ]);
      return [operation(slot, id, after, pinOf(scope, service)?.id)];
    })
  );
}

/** What holds the name that the container gets, and what an interrupted recreation of it left behind. */
function removalsBefore({ removals }: Decisions, slot: Slot): readonly string[] {
  return removals.filter(({ container }) =>
    container.name === slot.name || container.name.endsWith(`_${slot.name}`)
  ).map(removalId);
}

/** Those that are restarted along with it. */
function stopsBefore(scope: Scope, { services, stops }: Decisions, slot: Slot): readonly string[] {
  return dependentsOf(scope.project.services, slot.service, { restart: true }).flatMap((name) =>
    services.get(name)!.slots.filter((each) => stops.has(labelOf(each))).map(stopId)
  );
}

function operation(
  slot: Slot,
  id: string,
  after: readonly string[],
  imageId: string | undefined,
): ContainerOperation {
  const { service, number, name } = slot;
  const image = imageId === undefined ? {} : { imageId };
  switch (slot.change) {
    case "create":
      return {
        kind: "create-container",
        id,
        cause: slot.cause,
        after,
        service,
        number,
        containerName: name,
        ...image,
      };
    case "recreate":
      return {
        kind: "recreate-container",
        id,
        cause: slot.cause,
        after,
        service,
        number,
        containerId: slot.container.id,
        containerName: name,
        ...image,
      };
    case "rename":
      return {
        kind: "rename-container",
        id,
        cause: slot.cause,
        after,
        containerId: slot.container.id,
        oldName: slot.container.name,
        containerName: name,
      };
    case "keep":
      throw new Error(`${labelOf(slot)} is kept: there is nothing to do`);
  }
}
