/** The name of a project: it stands before the names of its containers, networks and volumes. */
import { basename } from "node:path";
import { ConfigurationError, type Location } from "../errors.ts";
import type { WrittenName } from "./parse_config_file.ts";

/** Lower case; only `a-z`, `0-9`, `_` and `-`; begins with a letter or a digit. May be empty. */
export function normalizeProjectName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9_-]/g, "").replace(/^[_-]+/, "");
}

export interface NameSources {
  /** The project folder. */
  readonly folder: string;
  readonly explicit: string | undefined;
  /** Of `COMPOSE_PROJECT_NAME`. */
  readonly variable: string | undefined;
  /** Where the `.env` file has it. */
  readonly variablePlace?: Location | undefined;
  /** The last `name:` of the Compose files, its variables filled in. */
  readonly written: WrittenName | undefined;
}

/** Explicit, else `COMPOSE_PROJECT_NAME`, else `name:`, else the folder's name; the last two are normalised. */
export function projectNameOf(
  { folder, explicit, variable, variablePlace, written }: NameSources,
): string {
  if (explicit !== undefined && explicit !== "") return normal(explicit, "The project name");
  if (variable !== undefined && variable !== "") {
    return normal(variable, "COMPOSE_PROJECT_NAME", variablePlace);
  }
  if (written === undefined) {
    return notEmpty(
      normalizeProjectName(basename(folder)),
      `The folder name "${basename(folder)}"`,
      undefined,
    );
  }
  return notEmpty(normalizeProjectName(written.name), `\`name\` "${written.text}"`, written.location);
}

function normal(name: string, source: string, location?: Location): string {
  if (normalizeProjectName(name) === name) return name;
  throw new ConfigurationError(`${source} is "${name}", which is no project name`, {
    location,
    hint: `use lower-case letters, digits, _ and -, such as "${normalizeProjectName(name) || "web"}"`,
  });
}

function notEmpty(name: string, source: string, location: Location | undefined): string {
  if (name !== "") return name;
  throw new ConfigurationError(`${source} gives no project name`, {
    location,
    path: location === undefined ? undefined : "name",
    hint: "add `name:` with lower-case letters or digits to the Compose file",
  });
}
