/** Containers that run the `pre_start` hooks of a service. */
import { imageNameOf } from "../compose/image_name.ts";
import type { PreStartHook, Service } from "../compose/project.ts";
import { ownershipLabels } from "../plan/plan.ts";
import { resolveForCreate } from "../plan/references.ts";
import type { ContainerDetails, ContainerSummary } from "./answers.ts";
import { COMPOSE, hookLabels } from "./compose_labels.ts";
import { environmentOf } from "./container_body.ts";
import { containersByService, type NamedContainer } from "./containers.ts";
import { networking } from "./endpoints.ts";
import { hasLabel, nameOf } from "./observe.ts";
import { isStatus } from "./request_error.ts";
import { type DeployRun, projectOf, request } from "./run.ts";

export interface HookWish {
  readonly service: Service;
  readonly hook: PreStartHook;
  readonly index: number;
  /** Whose volumes the hook sees. */
  readonly container: ContainerDetails;
  /** Of the service, where its stack is held to an image. */
  readonly imageId?: string | undefined;
}

export async function createHookContainer(
  run: DeployRun,
  { service, hook, index, container, imageId }: HookWish,
): Promise<NamedContainer> {
  const project = projectOf(run);
  const containers = await containersByService(run, project.name);
  const { mode, endpoints, macAddress } = networking({
    project,
    service: resolveForCreate(service, (name) => containers.get(name)?.[0]?.id),
    number: 0,
    containersOf: () => [],
    apiVersion: await run.connection.apiVersion(run.signal),
  });
  const isOwn = hook.image === undefined || hook.image === service.image;
  const name = `${project.name}-${service.name}-pre_start-${index}`;
  const body = {
    Image: imageId !== undefined && isOwn ? imageId : hook.image ?? imageNameOf(project, service),
    Cmd: hook.command ?? undefined,
    User: hook.user,
    WorkingDir: hook.working_dir,
    Env: environmentOf({ environment: { ...service.environment, ...hook.environment } }),
    MacAddress: macAddress,
    Labels: { ...hookLabels(project, service), ...ownershipLabels(run.context.ownership) },
    HostConfig: { Privileged: hook.privileged, VolumesFrom: [container.Id], NetworkMode: mode },
    NetworkingConfig: endpoints === undefined ? undefined : { EndpointsConfig: endpoints },
  };
  const query = { name };
  const { Id } = await request<{ readonly Id: string }>(run, {
    method: "POST",
    path: "/containers/create",
    query,
    body,
  });
  return { id: Id, name };
}

/** What an earlier run left, failed or interrupted: a hook begins anew. */
export async function removeHookContainers(run: DeployRun, service: string): Promise<void> {
  const { name: project } = projectOf(run);
  const labels = [
    `${COMPOSE.project}=${project}`,
    `${COMPOSE.service}=${service}`,
    `${COMPOSE.hook}=pre_start`,
  ];
  const query = { all: true, filters: hasLabel(...labels) };
  const left = await request<ContainerSummary[]>(run, { method: "GET", path: "/containers/json", query });
  for (const each of left) await removeHookContainer(run, { id: each.Id, name: nameOf(each) });
}

/** With its own anonymous volumes; the engine keeps those that the service's container holds. */
export async function removeHookContainer(run: DeployRun, { id }: NamedContainer): Promise<void> {
  try {
    await request(run, { method: "DELETE", path: `/containers/${id}`, query: { force: true, v: true } });
  } catch (error) {
    if (!isStatus(error, 404)) throw error;
  }
}
