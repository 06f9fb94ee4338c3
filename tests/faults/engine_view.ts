/** What is really on the engine for one case, read without Homeport. */
import type { DockerApi } from "../../tools/engine/docker_api.ts";

export interface SeenContainer {
  readonly id: string;
  readonly name: string;
  readonly project: string | undefined;
  /** `running`, `exited`, … */
  readonly state: string;
  readonly image: string;
  readonly environment: readonly string[];
  /** Names of the networks, `none` included. */
  readonly networks: readonly string[];
  readonly mounts: readonly {
    readonly destination: string;
    readonly volume: string;
    readonly source: string;
  }[];
}

export interface SeenEngine {
  readonly containers: readonly SeenContainer[];
  /** Name → labels. */
  readonly networks: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly volumes: readonly string[];
}

interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly Image: string;
  readonly State: { readonly Status: string };
  readonly Config: {
    readonly Env: readonly string[] | null;
    readonly Labels: Readonly<Record<string, string>> | null;
  };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, unknown>> };
  readonly Mounts: readonly {
    readonly Type: string;
    readonly Name?: string;
    readonly Source: string;
    readonly Destination: string;
  }[];
}

/** Everything whose name or project has the case's prefix in it. */
export async function seeEngine(api: DockerApi, prefix: string): Promise<SeenEngine> {
  const listed = await api.get("/containers/json", { all: "true" }) as {
    readonly Id: string;
    readonly Names: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
  }[];
  const own = listed.filter(({ Names, Labels }) =>
    Names.some((name) => name.includes(prefix)) ||
    Labels["com.docker.compose.project"]?.startsWith(prefix) === true
  );
  const containers = await Promise.all(
    own.map(async ({ Id }) => toSeen(await api.get(`/containers/${Id}/json`) as Inspected)),
  );
  const networks = await api.get("/networks") as {
    readonly Name: string;
    readonly Labels: Record<string, string>;
  }[];
  const volumes = await api.get("/volumes") as {
    readonly Volumes: readonly { readonly Name: string }[] | null;
  };
  return {
    containers: containers.sort((a, b) => a.name < b.name ? -1 : 1),
    networks: Object.fromEntries(
      networks.filter(({ Name }) => Name.includes(prefix)).map(({ Name, Labels }) => [Name, Labels]),
    ),
    volumes: (volumes.Volumes ?? []).map(({ Name }) => Name).filter((name) => name.includes(prefix)).sort(),
  };
}

function toSeen({ Id, Name, Image, State, Config, NetworkSettings, Mounts }: Inspected): SeenContainer {
  return {
    id: Id,
    name: Name.slice(1),
    project: Config.Labels?.["com.docker.compose.project"],
    state: State.Status,
    image: Image,
    environment: Config.Env ?? [],
    networks: Object.keys(NetworkSettings.Networks).sort(),
    mounts: Mounts.filter(({ Type }) => Type === "volume").map(({ Destination, Name = "", Source }) => ({
      destination: Destination,
      volume: Name,
      source: Source,
    })),
  };
}
