/** What the engine itself says about the demo's stacks; and their removal. */
import { type DockerApi, DockerApiError } from "../engine/docker_api.ts";
import { STACKS } from "./repository.ts";

/** The mark of what the demo deployed, so that the leftovers of an earlier one are told from somebody else's stacks. */
export const INSTANCE = "homeport-demo";

interface Labelled {
  readonly Labels: Readonly<Record<string, string>> | null;
}

interface Container extends Labelled {
  readonly Id: string;
  readonly Names: readonly string[];
}

interface DemoObjects {
  readonly containers: readonly Container[];
  readonly networks: readonly (Labelled & { readonly Id: string })[];
  readonly volumes: readonly (Labelled & { readonly Name: string })[];
}

/** Names of the demo's containers and their IDs. */
export async function containerIds(api: DockerApi): Promise<ReadonlyMap<string, string>> {
  const { containers } = await demoObjects(api);
  return new Map(containers.map(({ Id, Names }) => [Names[0]!.slice(1), Id]));
}

/** Names of projects that are called as the demo's, and are not. */
export async function foreignProjects(api: DockerApi): Promise<string[]> {
  const { containers, networks, volumes } = await demoObjects(api);
  const foreign = [...containers, ...networks, ...volumes].filter(({ Labels }) =>
    Labels?.["homeport.instance"] !== INSTANCE
  );
  return [...new Set(foreign.map(projectOf))].sort();
}

/** Containers, networks and volumes: all of the demo's own making. */
export async function removeDemo(api: DockerApi): Promise<void> {
  const { containers, networks, volumes } = await demoObjects(api);
  for (const { Id } of containers) await remove(api, `/containers/${Id}`, { force: "true", v: "true" });
  for (const { Id } of networks) await remove(api, `/networks/${Id}`, {});
  for (const { Name } of volumes) await remove(api, `/volumes/${Name}`, {});
}

async function demoObjects(api: DockerApi): Promise<DemoObjects> {
  const query = { all: "true", filters: JSON.stringify({ label: ["com.docker.compose.project"] }) };
  const ours = <T extends Labelled>(objects: readonly T[]): T[] =>
    objects.filter((each) => STACKS.some((stack) => stack === projectOf(each)));
  const volumes = await api.get("/volumes", query) as { readonly Volumes: DemoObjects["volumes"] | null };
  return {
    containers: ours(await api.get("/containers/json", query) as DemoObjects["containers"]),
    networks: ours(await api.get("/networks", query) as DemoObjects["networks"]),
    volumes: ours(volumes.Volumes ?? []),
  };
}

function projectOf({ Labels }: Labelled): string {
  return Labels?.["com.docker.compose.project"] ?? "";
}

async function remove(api: DockerApi, path: string, query: Readonly<Record<string, string>>): Promise<void> {
  try {
    await (await api.request("DELETE", path, { query })).body?.cancel();
  } catch (error) {
    if (!(error instanceof DockerApiError) || error.status !== 404) throw error;
  }
}
