/** Which function carries out which operation. */
import { HomeportError } from "../errors.ts";
import type { Operation, RemoveContainer, StopContainer } from "../plan/operation.ts";
import { deleteContainer, type NamedContainer, stopContainer } from "./containers.ts";
import { createContainer } from "./create_container.ts";
import { createVolume } from "./create_volume.ts";
import { stopAfterHooks } from "./hooks.ts";
import { createNetwork, emptyNetwork, recreateNetwork, removeNetwork } from "./networks.ts";
import { pullImage } from "./pull_image.ts";
import { recreateContainer, renameContainer } from "./recreate_container.ts";
import { runPreStart } from "./run_pre_start.ts";
import type { DeployRun, Run } from "./run.ts";
import { startContainer } from "./start_container.ts";
import { waitForService } from "./wait_for_service.ts";

export async function execute(run: DeployRun, operation: Operation): Promise<void> {
  switch (operation.kind) {
    case "pull-image":
      return await pullImage(run, operation);
    case "build-image":
      return await (await import("./build/build_image.ts")).buildImage(run, operation);
    case "create-network":
      return await createNetwork(run, operation);
    case "recreate-network":
      return await recreateNetwork(run, operation);
    case "create-volume":
      return await createVolume(run, operation);
    case "create-container":
      return await createContainer(run, operation);
    case "recreate-container":
      return await recreateContainer(run, operation);
    case "run-pre-start":
      return await runPreStart(run, operation);
    case "start-container":
      return await startContainer(run, operation);
    case "wait-for-service":
      return await waitForService(run, operation);
    case "stop-container":
      return await stopAfterHooks(run, operation.service, namedContainer(operation));
    case "remove-container":
      await stopAfterHooks(run, operation.service, namedContainer(operation));
      return await deleteContainer(run, namedContainer(operation));
    case "remove-network":
      if (operation.containers !== undefined) await emptyNetwork(run, operation);
      return await takeDown(run, operation);
    case "rename-container":
      return await takeDown(run, operation);
  }
}

/** The operations that need no project. Without one there are no `pre_stop` hooks either. */
export async function takeDown(run: Run, operation: Operation): Promise<void> {
  switch (operation.kind) {
    case "rename-container":
      return await renameContainer(run, operation);
    case "remove-network":
      return await removeNetwork(run, operation);
    case "stop-container":
      return await stopContainer(run, namedContainer(operation));
    case "remove-container":
      await stopContainer(run, namedContainer(operation));
      return await deleteContainer(run, namedContainer(operation));
    default:
      throw new HomeportError(`"${operation.id}" cannot be part of taking a stack down`);
  }
}

function namedContainer({ containerId, containerName }: StopContainer | RemoveContainer): NamedContainer {
  return { id: containerId, name: containerName };
}
