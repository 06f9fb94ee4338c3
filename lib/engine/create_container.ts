import { HomeportError } from "../errors.ts";
import { LABELS } from "../plan/plan.ts";
import type { CreateContainer } from "../plan/operation.ts";
import type { ContainerCreation } from "./body.ts";
import { COMPOSE } from "./compose_labels.ts";
import { confidentialValues } from "./confidential_values.ts";
import { findContainer, ownerOf } from "./containers.ts";
import { prepareContainer } from "./prepare_container.ts";
import { attempt, isStatus } from "./request_error.ts";
import { type DeployRun, request, serviceOf } from "./run.ts";

export async function createContainer(run: DeployRun, operation: CreateContainer): Promise<void> {
  const { service, number, containerName, imageId } = operation;
  await attempt(`Cannot create container ${containerName}`, run.signal, async () => {
    await putContainer(run, await prepareContainer(run, { service, number, containerName, imageId }));
  });
}

/** Creates it, unless an interrupted pass has done so already. */
export async function putContainer(run: DeployRun, { query, body }: ContainerCreation): Promise<void> {
  // The engine repeats what it refuses, and a refused value may be a password.
  const confidential = confidentialValues(serviceOf(run, body.Labels[COMPOSE.service]!));
  await attempt(`Cannot create container ${query.name}`, run.signal, async () => {
    try {
      await request(run, { method: "POST", path: "/containers/create", query, body });
    } catch (error) {
      if (!isStatus(error, 409)) throw error;
      await acceptExisting(run, { query, body }, error);
    }
  }, { confidential });
}

/** What decides whether a container would be made anew. */
const IDENTITY = [
  COMPOSE.project,
  COMPOSE.service,
  COMPOSE.number,
  COMPOSE.configHash,
  COMPOSE.image,
  LABELS.filesHash,
];

async function acceptExisting(
  run: DeployRun,
  { query, body }: ContainerCreation,
  conflict: Error,
): Promise<void> {
  const existing = await findContainer(run, query.name);
  if (existing === undefined) throw conflict;
  const labels = existing.Config.Labels ?? {};
  if (IDENTITY.every((label) => labels[label] === body.Labels[label])) return;
  throw new HomeportError(
    `Cannot create container ${query.name}: the name is taken by ${ownerOf(existing)}`,
    {
      hint: `remove that container (docker rm ${query.name}) or give the service another container_name`,
      consequence: "wait",
    },
  );
}
