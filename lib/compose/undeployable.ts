/** What the files may say and Homeport does not carry out. It refuses to deploy it, rather than deploy half of a file. */
import { ConfigurationError, type Location } from "../errors.ts";
import type { Locations } from "./locations.ts";
import { formatPath, type Path } from "./path.ts";
import type { Project } from "./project.ts";
import { findUndeployableBuild } from "./undeployable_build.ts";
import { isMapping, type Mapping, type Value } from "./value.ts";

/** `dict`: the model that the project was made of, for the lines. Only what is enabled and used counts. */
export function findUndeployable(
  dict: Mapping,
  project: Project,
  locations: Locations,
): ConfigurationError[] {
  const search: Search = { dict, project, locations, problems: [] };
  for (const [pattern, hint] of UNSUPPORTED) visit(dict, pattern.split("."), [], undefined, hint, search);
  for (const name of Object.keys(project.services)) {
    findMounts(name, search);
    search.problems.push(...findUndeployableBuild(dict, project.services[name]!, locations));
  }
  return search.problems;
}

interface Search {
  readonly dict: Mapping;
  readonly project: Project;
  readonly locations: Locations;
  readonly problems: ConfigurationError[];
}

const LATER = "remove it, or deploy this stack with docker compose";
const FILE_ONLY = "use file, environment or content instead";

/** Paths, with `*` for any name that the project has there, and what to do instead. */
const UNSUPPORTED: readonly (readonly [path: string, hint: string])[] = [
  ["services.*.models", LATER],
  ["services.*.provider", LATER],
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
  const kind = path[0] as "services" | "configs" | "secrets";
  for (const each of key === "*" ? Object.keys(search.project[kind]) : [key]) {
    if (!(each in value)) continue;
    visit(value[each], rest, [...path, each], search.locations.find(value, each) ?? location, hint, search);
  }
}

/** `external: false` and an empty list or mapping ask for nothing. */
function saysSomething(value: Value | undefined): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isMapping(value)) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== false && value !== "";
}

function report(path: Path, location: Location | undefined, hint: string, { problems }: Search): void {
  problems.push(
    new ConfigurationError(`"${path.at(-1)}" is not supported yet`, {
      hint,
      location,
      path: formatPath(path),
    }),
  );
}

/** Of swarms, and of Windows. */
const MOUNT_TYPES = ["cluster", "npipe"];

function findMounts(name: string, { dict, project, locations, problems }: Search): void {
  const entry = (dict["services"] as Mapping)[name] as Mapping;
  project.services[name]!.volumes?.forEach(({ type = "", source, target }, index) => {
    const list = entry["volumes"] as Value[];
    const place = (key: string) => ({
      location: locations.find(list[index] as Mapping, key) ?? locations.find(list, index),
      path: formatPath(["services", name, "volumes", index, key]),
    });
    if (MOUNT_TYPES.includes(type)) {
      problems.push(
        new ConfigurationError(`Volumes of type "${type}" are not supported`, {
          hint: "use bind, volume, tmpfs or image",
          ...place("type"),
        }),
      );
    }
    // The reference takes it, and fails when it creates the container.
    if (type === "image" && source === undefined) {
      problems.push(
        new ConfigurationError(`Service ${name} mounts an image at ${target} without naming it`, {
          hint: "add `source`",
          ...place("source"),
        }),
      );
    }
  });
}
