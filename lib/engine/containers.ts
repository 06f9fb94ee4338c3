/** Finding containers, and the two short ways in which they go. */
import { HomeportError } from "../errors.ts";
import type { ContainerDetails, ContainerSummary } from "./answers.ts";
import { COMPOSE } from "./compose_labels.ts";
import { isTemporaryName } from "./container_name.ts";
import { hasLabel, nameOf } from "./observe.ts";
import { attempt, isStatus } from "./request_error.ts";
import { request, type Run } from "./run.ts";
import { pause } from "./pause.ts";

export async function findContainer(run: Run, idOrName: string): Promise<ContainerDetails | undefined> {
  try {
    const found = await request<ContainerDetails>(run, {
      method: "GET",
      path: `/containers/${idOrName}/json`,
    });
    // The engine also takes the beginning of an ID for an answer.
    return found.Id === idOrName || found.Name === `/${idOrName}` ? found : undefined;
  } catch (error) {
    if (isStatus(error, 404)) return undefined;
    throw error;
  }
}

export interface NamedContainer {
  readonly id: string;
  readonly name: string;
}

/** A project's containers by service, each list sorted by name. Those that are about to replace another are left out. */
export async function containersByService(run: Run, project: string): Promise<Map<string, NamedContainer[]>> {
  const filters = hasLabel(`${COMPOSE.project}=${project}`, COMPOSE.configHash, `${COMPOSE.oneOff}=False`);
  const list = await request<ContainerSummary[]>(run, {
    method: "GET",
    path: "/containers/json",
    query: { all: true, filters },
  });
  const containers = list.map((each) => ({
    id: each.Id,
    name: nameOf(each),
    service: each.Labels?.[COMPOSE.service],
  }))
    .filter(({ name }) => !isTemporaryName(name)).sort((a, b) => a.name < b.name ? -1 : 1);
  const byService = new Map<string, NamedContainer[]>();
  for (const { id, name, service = "" } of containers) {
    byService.set(service, [...byService.get(service) ?? [], { id, name }]);
  }
  return byService;
}

/** The engine waits as long as the container's own grace period says. */
export async function stopContainer(run: Run, { id, name }: NamedContainer): Promise<void> {
  await attempt(`Cannot stop container ${name}`, run.signal, async () => {
    try {
      await request(run, { method: "POST", path: `/containers/${id}/stop` });
    } catch (error) {
      if (!isStatus(error, 404)) throw error;
    }
  });
}

const REMOVAL_LIMIT = 60_000;

/** Without force, and without its volumes: those of the image may hold all the data there is. */
export async function deleteContainer(run: Run, { id, name }: NamedContainer): Promise<void> {
  await attempt(`Cannot remove container ${name}`, run.signal, async () => {
    try {
      await request(run, { method: "DELETE", path: `/containers/${id}` });
    } catch (error) {
      if (isStatus(error, 404)) return;
      if (!isStatus(error, 409) || !/already in progress/.test(error.message)) throw error;
      await untilGone(run, { id, name });
    }
  });
}

async function untilGone(run: Run, { id, name }: NamedContainer): Promise<void> {
  for (let waited = 0; waited < REMOVAL_LIMIT; waited += 200) {
    if (await findContainer(run, id) === undefined) return;
    await pause(200, run.signal);
  }
  throw new HomeportError(`Cannot remove container ${name}: its removal does not come to an end`, {
    hint: "look into the engine's log",
    consequence: "retry",
  });
}

/** Whose container it is, for a person who has to do something about it. */
export function ownerOf({ Name, Config }: Pick<ContainerDetails, "Name" | "Config">): string {
  const project = Config.Labels?.[COMPOSE.project];
  const name = Name.replace(/^\//, "");
  return project === undefined
    ? `container ${name}, which belongs to no stack`
    : `container ${name} of project ${project}`;
}
