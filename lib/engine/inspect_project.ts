/** What the health gate looks at, over and over: the containers of one project. */
import type { ServiceContainer } from "../plan/service_container.ts";
import type { ContainerDetails, ContainerSummary } from "./answers.ts";
import { COMPOSE } from "./compose_labels.ts";
import type { EngineConnection } from "./connection.ts";
import { isTemporaryName } from "./container_name.ts";
import { hasLabel, nameOf } from "./observe.ts";
import { isStatus } from "./request_error.ts";

/** Those of its services, sorted by name: none that `docker compose run` started, that runs a hook, or that is about to replace another. */
export async function inspectProject(
  connection: EngineConnection,
  project: string,
  signal: AbortSignal,
): Promise<readonly ServiceContainer[]> {
  const filters = hasLabel(`${COMPOSE.project}=${project}`, COMPOSE.configHash, `${COMPOSE.oneOff}=False`);
  const query = { all: true, filters };
  const list = await connection.request<ContainerSummary[]>({
    method: "GET",
    path: "/containers/json",
    query,
    signal,
  });
  const found = await Promise.all(
    list.filter((each) => !isTemporaryName(nameOf(each))).map(async (each) => {
      const details = await findDetails(connection, each.Id, signal);
      return details && serviceContainer(nameOf(each), each.Labels?.[COMPOSE.service] ?? "", details);
    }),
  );
  return found.filter((each) => each !== undefined).sort((a, b) => a.name < b.name ? -1 : 1);
}

/** It may go between the list and the question. */
async function findDetails(
  connection: EngineConnection,
  id: string,
  signal: AbortSignal,
): Promise<ContainerDetails | undefined> {
  try {
    return await connection.request<ContainerDetails>({
      method: "GET",
      path: `/containers/${id}/json`,
      signal,
    });
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

function serviceContainer(name: string, service: string, details: ContainerDetails): ServiceContainer {
  const { Id, State, RestartCount = 0, HostConfig } = details;
  const policy = HostConfig?.RestartPolicy;
  const health = State.Status === "running" ? healthOf(State.Health?.Status) : undefined;
  return {
    id: Id,
    name,
    service,
    state: State.Status as ServiceContainer["state"],
    exitCode: State.ExitCode,
    startedAt: State.StartedAt ?? "",
    restartCount: RestartCount,
    ...(health !== undefined && { health }),
    restart: {
      name: (policy?.Name || "no") as ServiceContainer["restart"]["name"],
      retries: policy?.MaximumRetryCount ?? 0,
    },
  };
}

/** Without a health check the engine says `none`, or nothing. */
function healthOf(status: string | undefined): ServiceContainer["health"] {
  return status === "starting" || status === "healthy" || status === "unhealthy" ? status : undefined;
}
