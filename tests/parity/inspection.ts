/** Everything of a project as the engine shows it, without what differs from one deployment to the next. */
import type { DockerApi } from "../../tools/engine/docker_api.ts";
import { type Json, normalise } from "./body_comparison.ts";

type Shown = { readonly [key: string]: Json };

export async function inspectProject(api: DockerApi, project: string): Promise<Record<string, Json>> {
  const query = {
    all: "true",
    filters: JSON.stringify({ label: [`com.docker.compose.project=${project}`] }),
  };
  const containers = await api.get("/containers/json", query) as { Id: string; Names: string[] }[];
  const networks = await api.get("/networks", query) as { Id: string; Name: string }[];
  const { Volumes } = await api.get("/volumes", query) as { Volumes: { Name: string }[] | null };
  const details: [string, Shown][] = [];
  const add = async (what: string, path: string) => {
    details.push([what, withoutHashOfIds(await api.get(path) as Shown)]);
  };
  for (const { Id, Names } of containers) await add(`container ${ownName(Names)}`, `/containers/${Id}/json`);
  for (const { Id, Name } of networks) await add(`network ${Name}`, `/networks/${Id}`);
  for (const { Name } of Volumes ?? []) await add(`volume ${Name}`, `/volumes/${Name}`);
  const names = new Map([
    ...containers.map(({ Id, Names }) => [Id, ownName(Names)] as const),
    ...networks.map(({ Id, Name }) => [Id, Name] as const),
  ]);
  return Object.fromEntries(
    details.map(([what, shown]) => [what, normalise(withoutIdentity(shown, "", names))] as const)
      .sort(([a], [b]) => a < b ? -1 : 1),
  );
}

/** The hash of a service that shares something with another one's container covers that container's ID. */
function withoutHashOfIds(shown: Shown): Shown {
  const text = JSON.stringify(shown);
  if (!/"(NetworkMode|IpcMode|PidMode)":"container:|"VolumesFrom":\[/.test(text)) return shown;
  return JSON.parse(text.replace(new RegExp(`"${CONFIG_HASH}":"[^"]*"`), `"${CONFIG_HASH}":""`));
}

function ownName(names: readonly string[]): string {
  return names.find((name) => name.lastIndexOf("/") === 0)?.slice(1) ?? "";
}

/** Times, addresses that the engine picks, processes, and what a health check has found so far. */
const PASSING = [
  "Created",
  "CreatedAt",
  "StartedAt",
  "FinishedAt",
  "Pid",
  "Health",
  "SandboxKey",
  "ExecIDs",
  "MacAddress",
  "IPv4Address",
  "IPv6Address",
  "IPAddress",
  "GlobalIPv6Address",
];
/** The engine names them in one order or another. */
const SETS = ["Aliases", "DNSNames"];

function withoutIdentity(value: Json, key: string, names: ReadonlyMap<string, string>): Json {
  if (typeof value === "string") return withNames(value, key, names);
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutIdentity(item, "", names));
    return SETS.includes(key) ? items.sort() : items;
  }
  if (typeof value !== "object" || value === null) return value;
  // Ports that the engine picks are those of the endpoint, and never those of the configuration.
  if (key === "NetworkSettings") value = { ...value, Ports: Object.keys(value["Ports"] ?? {}) };
  const entries = Object.entries(value).filter(([name, each]) =>
    !PASSING.includes(name) || (key === "IPAMConfig" && each !== "")
  );
  return Object.fromEntries(entries.map(([name, each]) => [
    withNames(name, "", names),
    withoutIdentity(each, name, names),
  ]));
}

const CONFIG_HASH = "com.docker.compose.config-hash";

/** IDs of the project become names; other IDs are those of anonymous volumes, endpoints and sandboxes. */
function withNames(text: string, key: string, names: ReadonlyMap<string, string>): string {
  if (key === CONFIG_HASH) return text;
  const long = text.replace(/(?<!sha256:)\b[0-9a-f]{64}\b/g, (id) => names.get(id) ?? "<id>");
  return long.replace(/\b[0-9a-f]{12}\b/g, (short) => {
    const found = [...names].find(([id]) => id.startsWith(short));
    return found === undefined ? short : found[1];
  });
}
