/** Brings requests of two tools into one form, in which only what the engine would see differently differs. */
import type { RecordedRequest } from "../fakes/engine_proxy.ts";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** By path, and for networks and volumes by name. */
export function comparable(requests: readonly RecordedRequest[]): Record<string, Json> {
  const creations = requests.filter(({ path }) => /^\/(containers|networks|volumes)\/create/.test(path));
  return Object.fromEntries(
    creations.map(({ path, body }) => {
      const json = normalise(JSON.parse(body));
      const name = typeof json === "object" && json !== null && !Array.isArray(json)
        ? json["Name"]
        : undefined;
      return [typeof name === "string" ? `${path} ${name}` : path, json] as const;
    }).sort(([a], [b]) => a < b ? -1 : 1),
  );
}

/** Lists without an order of their own. */
const UNORDERED = ["Env", "Binds", "Mounts", "ExtraHosts", "Ulimits", "Links"];
/** Lists for which empty is something else than absent. */
const EMPTY_COUNTS = ["Cmd", "Entrypoint", "MaskedPaths", "ReadonlyPaths"];
/** The reference fills in what only the engine ever says, and the size of a console that is not there. */
const IGNORED = ["IPAddress", "IPv6Gateway", "ConsoleSize"];

export function normalise(value: Json, key = ""): Json {
  if (Array.isArray(value)) {
    // Each of a device's capabilities is a list, and none of them is null or empty.
    const items = value.map((item) => key === "Capabilities" ? item ?? [] : normalise(item));
    return UNORDERED.includes(key)
      ? items.sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
      : items;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([name]) =>
    !IGNORED.includes(name) && !name.startsWith("homeport.")
  );
  const kept = entries.map(([name, each]) => [name, withoutOrder(name, normalise(each, name))] as const)
    .filter(([name, each]) => !isZero(name, each, key));
  return Object.fromEntries(kept.sort(([a], [b]) => a < b ? -1 : 1));
}

/** Dependencies are a list in a label, in no order. */
function withoutOrder(name: string, value: Json): Json {
  if (name !== "com.docker.compose.depends_on" || typeof value !== "string") return value;
  return value.split(",").sort().join(",");
}

/** What the engine takes for absent; not so in maps that people fill, nor where empty counts. */
function isZero(name: string, value: Json, parent: string): boolean {
  if (
    ["Labels", "Options", "DriverOpts", "Sysctls", "Tmpfs", "Config", "Annotations", "ExposedPorts"].includes(
      parent,
    )
  ) {
    return false;
  }
  if (Array.isArray(value)) return value.length === 0 && !EMPTY_COUNTS.includes(name);
  if (typeof value === "object" && value !== null) return Object.keys(value).length === 0;
  return value === null || value === false || value === 0 || value === "";
}
