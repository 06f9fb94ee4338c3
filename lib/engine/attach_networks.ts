/** Attaching containers to networks that are there again under the same name, with all that the Compose file says of it. */
import type { Service } from "../compose/project.ts";
import type { ContainerDetails, NetworkSummary } from "./answers.ts";
import { containersByService } from "./containers.ts";
import { endpointOf, networksByPriority } from "./endpoints.ts";
import { isStatus } from "./request_error.ts";
import { type DeployRun, projectOf, request, type Run } from "./run.ts";

export interface Attachment {
  readonly container: ContainerDetails;
  readonly service: Service;
  readonly number: number;
}

/**
 * A pass that was interrupted while it made a network anew leaves stopped containers without it, or bound to the network that
 * is gone: they would not start, or start unattached. And an engine before 25 creates a container with its primary network only.
 */
export async function attachMissingNetworks(run: DeployRun, attachment: Attachment): Promise<void> {
  const { container, service } = attachment;
  const attached = container.NetworkSettings.Networks ?? {};
  const keys = networksByPriority(service).filter((key) => projectOf(run).networks[key] !== undefined);
  const nameOf = (key: string) => projectOf(run).networks[key]!.name;
  // A container that never ran knows its networks by name only, and binds to them when it starts.
  if (keys.every((key) => attached[nameOf(key)]?.NetworkID === "")) return;
  const networks = keys.length === 0
    ? []
    : await request<NetworkSummary[]>(run, { method: "GET", path: "/networks" });
  for (const key of keys) {
    const known = attached[nameOf(key)];
    const current = networks.find(({ Name }) => Name === nameOf(key));
    if (known?.NetworkID === "" || current === undefined || known?.NetworkID === current.Id) continue;
    if (known !== undefined) await detach(run, known.NetworkID, container.Id);
    await attach(run, key, current.Id, attachment);
  }
}

/** With aliases, addresses and links; doing so twice is no error. */
export async function attach(
  run: DeployRun,
  key: string,
  networkId: string,
  attachment: Attachment,
): Promise<void> {
  const { container, service, number } = attachment;
  const project = projectOf(run);
  const containers = (service.links ?? []).length === 0
    ? new Map()
    : await containersByService(run, project.name);
  const containersOf = (name: string) =>
    (containers.get(name) ?? []).map((each: { name: string }) => each.name);
  const apiVersion = await run.connection.apiVersion(run.signal);
  const EndpointConfig = endpointOf({ project, service, number, containersOf, apiVersion }, key);
  try {
    const body = { Container: container.Id, EndpointConfig };
    await request(run, { method: "POST", path: `/networks/${networkId}/connect`, body });
  } catch (error) {
    if (!isStatus(error, 403, 409) || !/already (exists|attached)/.test(error.message)) throw error;
  }
}

/** By force, since the container may be stopped or the network gone. */
export async function detach(run: Run, networkId: string, containerId: string): Promise<void> {
  const body = { Container: containerId, Force: true };
  try {
    await request(run, { method: "POST", path: `/networks/${networkId}/disconnect`, body });
  } catch (error) {
    if (!isStatus(error, 404) && !(isStatus(error, 403, 500) && /is not connected/.test(error.message))) {
      throw error;
    }
  }
}
