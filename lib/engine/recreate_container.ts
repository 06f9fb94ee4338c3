/**
 * The new container is there, with the old one's anonymous volumes, before the old one goes: whatever fails on the way, one of them
 * remains, and the temporary name tells the next pass what was under way.
 */
import { HomeportError } from "../errors.ts";
import type { RecreateContainer, RenameContainer } from "../plan/operation.ts";
import type { ContainerDetails } from "./answers.ts";
import { COMPOSE } from "./compose_labels.ts";
import { temporaryName } from "./container_name.ts";
import { deleteContainer, findContainer, ownerOf } from "./containers.ts";
import { putContainer } from "./create_container.ts";
import { stopAfterHooks } from "./hooks.ts";
import { prepareContainer } from "./prepare_container.ts";
import { attempt, isStatus } from "./request_error.ts";
import { type DeployRun, request, type Run, serviceOf } from "./run.ts";

export async function recreateContainer(run: DeployRun, operation: RecreateContainer): Promise<void> {
  const { containerId, containerName: name } = operation;
  await attempt(`Cannot recreate container ${name}`, run.signal, async () => {
    const temporary = temporaryName(containerId, name);
    const old = await findContainer(run, containerId);
    if (old !== undefined) await replace(run, operation, old, temporary);
    const created = await findContainer(run, temporary);
    if (created !== undefined) await rename(run, created, name);
    else await createWithoutOld(run, operation);
  });
}

async function replace(
  run: DeployRun,
  { service, number, containerName, imageId }: RecreateContainer,
  old: ContainerDetails,
  temporary: string,
): Promise<void> {
  const label = serviceOf(run, service).container_name ?? `${service}-${number}`;
  const replaces = { container: old, label };
  await removeOutdated(run, temporary);
  await putContainer(
    run,
    await prepareContainer(run, { service, number, containerName: temporary, replaces, imageId }),
  );
  const named = { id: old.Id, name: containerName };
  await stopAfterHooks(run, service, named);
  await deleteContainer(run, named);
}

/** What an earlier, interrupted recreation left: it may be of another configuration by now. */
async function removeOutdated(run: Run, temporary: string): Promise<void> {
  const left = await findContainer(run, temporary);
  if (left?.Config.Labels?.[COMPOSE.replace] === undefined) return;
  await deleteContainer(run, { id: left.Id, name: temporary });
}

/** The old one is gone, by an interrupted pass or by hand: either all is done, or there is nothing left to replace. */
async function createWithoutOld(run: DeployRun, operation: RecreateContainer): Promise<void> {
  const { service, number, containerName, imageId } = operation;
  await putContainer(run, await prepareContainer(run, { service, number, containerName, imageId }));
}

export async function renameContainer(run: Run, operation: RenameContainer): Promise<void> {
  const { containerId, containerName, oldName } = operation;
  await attempt(`Cannot rename container ${oldName} to ${containerName}`, run.signal, async () => {
    const container = await findContainer(run, containerId);
    if (container === undefined) {
      throw new HomeportError(`Cannot rename container ${oldName} to ${containerName}: it is gone`, {
        hint: "run apply again",
        consequence: "retry",
      });
    }
    await rename(run, container, containerName);
  });
}

async function rename(run: Run, container: ContainerDetails, name: string): Promise<void> {
  if (container.Name === `/${name}`) return;
  try {
    await request(run, { method: "POST", path: `/containers/${container.Id}/rename`, query: { name } });
  } catch (error) {
    if (!isStatus(error, 409)) throw error;
    const holder = await findContainer(run, name);
    if (holder === undefined) throw error;
    throw new HomeportError(
      `Cannot rename container ${container.Name.slice(1)} to ${name}: the name is taken by ${
        ownerOf(holder)
      }`,
      { hint: `remove or rename that container (docker rm ${name})`, consequence: "wait" },
    );
  }
}
