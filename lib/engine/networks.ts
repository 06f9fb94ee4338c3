/** Creating, replacing and removing networks. */
import { HomeportError } from "../errors.ts";
import type { ContainerOfService, CreateNetwork, RecreateNetwork, RemoveNetwork } from "../plan/operation.ts";
import { ownershipLabels } from "../plan/plan.ts";
import type { NetworkDetails } from "./answers.ts";
import { checkNetworkFeatures } from "./api_features.ts";
import { attach, detach } from "./attach_networks.ts";
import type { NetworkBody } from "./body.ts";
import { COMPOSE } from "./compose_labels.ts";
import { findContainer } from "./containers.ts";
import { networksByPriority } from "./endpoints.ts";
import { stopAfterHooks } from "./hooks.ts";
import { networkBody } from "./network_body.ts";
import { attempt, isStatus } from "./request_error.ts";
import { type DeployRun, projectOf, request, type Run, serviceOf } from "./run.ts";

export async function createNetwork(run: DeployRun, { network: key }: CreateNetwork): Promise<void> {
  const body = await bodyOf(run, key);
  await attempt(`Cannot create network ${body.Name}`, run.signal, () => putNetwork(run, body));
}

/** Every container is stopped before any is detached, so that none runs with half of its networks. */
export async function recreateNetwork(run: DeployRun, operation: RecreateNetwork): Promise<void> {
  const { network: key, networkId, containers } = operation;
  const body = await bodyOf(run, key);
  const what = `Cannot recreate network ${body.Name}`;
  await attempt(what, run.signal, async () => {
    await empty(run, what, networkId, containers);
    await deleteNetwork(run, networkId, body.Name);
    await putNetwork(run, body);
    for (const container of containers) await attachAgain(run, key, body.Name, container);
  });
}

/** Makes room for another one. */
export async function emptyNetwork(
  run: DeployRun,
  { networkId, networkName, containers = [] }: RemoveNetwork,
): Promise<void> {
  const what = `Cannot remove network ${networkName}`;
  await attempt(what, run.signal, () => empty(run, what, networkId, containers));
}

async function empty(
  run: DeployRun,
  what: string,
  networkId: string,
  containers: readonly ContainerOfService[],
): Promise<void> {
  await refuseForeigners(run, what, networkId, containers);
  const stop = ({ service, containerId, containerName }: ContainerOfService) =>
    stopAfterHooks(run, service, { id: containerId, name: containerName });
  await Promise.all(containers.map(stop));
  for (const { containerId } of containers) await detach(run, networkId, containerId);
}

export async function removeNetwork(run: Run, { networkId, networkName }: RemoveNetwork): Promise<void> {
  await attempt(
    `Cannot remove network ${networkName}`,
    run.signal,
    () => deleteNetwork(run, networkId, networkName),
  );
}

async function bodyOf(run: DeployRun, key: string): Promise<NetworkBody> {
  const project = projectOf(run);
  const network = project.networks[key];
  if (network === undefined) throw new HomeportError(`Project ${project.name} has no network "${key}"`);
  const apiVersion = await run.connection.apiVersion(run.signal);
  checkNetworkFeatures(key, network, apiVersion);
  const { ownership, composeHash } = run.context;
  return networkBody(project, key, network, ownershipLabels(ownership), apiVersion, composeHash);
}

async function putNetwork(run: Run, body: NetworkBody): Promise<void> {
  try {
    await request(run, { method: "POST", path: "/networks/create", body });
  } catch (error) {
    if (!isStatus(error, 409)) throw error;
    await acceptExisting(run, body, error);
  }
}

/** An interrupted pass may have made it, or `docker compose` from the same file. */
async function acceptExisting(run: Run, body: NetworkBody, conflict: Error): Promise<void> {
  const existing = await findNetwork(run, body.Name);
  if (existing === undefined) throw conflict;
  const labels = existing.Labels ?? {};
  const same = [COMPOSE.project, COMPOSE.network, COMPOSE.configHash].every((each) =>
    labels[each] === body.Labels[each]
  );
  if (same) return;
  const owner = labels[COMPOSE.project];
  throw new HomeportError(
    `Cannot create network ${body.Name}: there is one already, ` +
      (owner === undefined ? "which belongs to no stack" : `of project ${owner}`),
    { hint: `declare it as external, or remove it (docker network rm ${body.Name})`, consequence: "wait" },
  );
}

async function findNetwork(run: Run, idOrName: string): Promise<NetworkDetails | undefined> {
  try {
    const found = await request<NetworkDetails>(run, { method: "GET", path: `/networks/${idOrName}` });
    return found.Id === idOrName || found.Name === idOrName ? found : undefined;
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

/** The engine keeps a network that others use: better said before anything is stopped. */
async function refuseForeigners(
  run: Run,
  what: string,
  id: string,
  own: readonly ContainerOfService[],
): Promise<void> {
  const foreign = Object.entries((await findNetwork(run, id))?.Containers ?? {})
    .filter(([container]) => !own.some(({ containerId }) => containerId === container))
    .map(([, { Name }]) => Name).sort();
  if (foreign.length === 0) return;
  throw stillUsed(what, foreign);
}

function stillUsed(what: string, containers: readonly string[]): HomeportError {
  return new HomeportError(`${what}: other containers use it: ${containers.join(", ")}`, {
    hint: "stop them or detach them from it (docker network disconnect), and run apply again",
    consequence: "wait",
  });
}

async function deleteNetwork(run: Run, id: string, name: string): Promise<void> {
  try {
    await request(run, { method: "DELETE", path: `/networks/${id}` });
  } catch (error) {
    if (isStatus(error, 404)) return;
    const users = Object.values((await findNetwork(run, id))?.Containers ?? {}).map(({ Name }) => Name)
      .sort();
    if (users.length === 0) throw error;
    throw stillUsed(`Cannot remove network ${name}`, users);
  }
}

/** A container that is gone meanwhile, or that leaves the network, needs no attachment. */
async function attachAgain(
  run: DeployRun,
  key: string,
  networkName: string,
  member: ContainerOfService,
): Promise<void> {
  const service = serviceOf(run, member.service);
  if (!networksByPriority(service).includes(key)) return;
  const container = await findContainer(run, member.containerId);
  if (container === undefined) return;
  await attach(run, key, networkName, { container, service, number: member.number });
}
