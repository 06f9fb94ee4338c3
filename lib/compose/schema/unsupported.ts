import { ConfigurationError, type Location } from "../../errors.ts";
import type { Locations } from "../locations.ts";
import { formatPath, type Path } from "../path.ts";
import { isMapping, type Mapping, type Value } from "../value.ts";

/** Attributes of the Compose specification that Homeport does not carry out. It refuses them, rather than deploy half of a file. */
export function findUnsupported(dict: Mapping, locations: Locations): ConfigurationError[] {
  const search: Search = { locations, problems: [] };
  for (const [pattern, hint] of UNSUPPORTED) visit(dict, pattern.split("."), [], undefined, hint, search);
  findMountTypes(dict, search);
  findBuildPolicies(dict, search);
  return search.problems;
}

interface Search {
  readonly locations: Locations;
  readonly problems: ConfigurationError[];
}

const LATER = "remove it, or deploy this stack with docker compose";
const FILE_ONLY = "use file, environment or content instead";

/** Paths, with `*` for any key, and what to do instead. */
const UNSUPPORTED: readonly (readonly [path: string, hint: string])[] = [
  ["models", LATER],
  ["services.*.build", "build the image elsewhere, push it to a registry, and name it by image alone"],
  ["services.*.models", LATER],
  ["services.*.provider", LATER],
  ["configs.*.driver", FILE_ONLY],
  ["configs.*.external", FILE_ONLY],
  ["configs.*.template_driver", FILE_ONLY],
  ["secrets.*.driver", FILE_ONLY],
  ["secrets.*.driver_opts", FILE_ONLY],
  ["secrets.*.external", FILE_ONLY],
  ["secrets.*.template_driver", FILE_ONLY],
];

function visit(
  value: Value | undefined,
  [key, ...rest]: readonly string[],
  path: Path,
  location: Location | undefined,
  hint: string,
  search: Search,
): void {
  if (key === undefined) {
    if (saysSomething(value)) report(path, location, hint, search);
    return;
  }
  if (!isMapping(value)) return;
  for (const each of key === "*" ? Object.keys(value) : [key]) {
    if (!(each in value)) continue;
    visit(value[each], rest, [...path, each], search.locations.find(value, each) ?? location, hint, search);
  }
}

/** `external: false` and an empty list ask for nothing. */
function saysSomething(value: Value | undefined): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== false && value !== "";
}

function report(path: Path, location: Location | undefined, hint: string, search: Search): void {
  search.problems.push(
    new ConfigurationError(`"${path.at(-1)}" is not supported yet`, {
      hint,
      location,
      path: formatPath(path),
    }),
  );
}

/** Of swarms, and of Windows. */
const MOUNT_TYPES = ["cluster", "npipe"];

function findMountTypes(dict: Mapping, search: Search): void {
  const services = dict["services"];
  if (!isMapping(services)) return;
  for (const name of Object.keys(services)) {
    const service = services[name]!;
    const volumes = isMapping(service) ? service["volumes"] : undefined;
    if (!Array.isArray(volumes)) continue;
    volumes.forEach((volume, index) => {
      const type = isMapping(volume) ? volume["type"] : undefined;
      if (typeof type !== "string" || !MOUNT_TYPES.includes(type)) return;
      const location = search.locations.find(volume as Mapping, "type") ??
        search.locations.find(volumes, index);
      search.problems.push(
        new ConfigurationError(`Volumes of type "${type}" are not supported`, {
          hint: "use bind, volume, tmpfs or image",
          location,
          path: formatPath(["services", name, "volumes", index, "type"]),
        }),
      );
    });
  }
}

function findBuildPolicies(dict: Mapping, search: Search): void {
  const services = dict["services"];
  if (!isMapping(services)) return;
  for (const name of Object.keys(services)) {
    const service = services[name]!;
    if (!isMapping(service) || service["pull_policy"] !== "build") continue;
    search.problems.push(
      new ConfigurationError(`pull_policy "build" is not supported yet`, {
        hint: "build the image elsewhere, push it to a registry, and let pull_policy take it from there",
        location: search.locations.find(service, "pull_policy"),
        path: formatPath(["services", name, "pull_policy"]),
      }),
    );
  }
}
