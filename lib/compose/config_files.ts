/** Which Compose files a folder has. */
import { posix } from "node:path";
import { ConfigurationError, type Location } from "../errors.ts";
import type { Files } from "./files.ts";
import type { Variables } from "./variables.ts";

const NAMES = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
const OVERRIDE_NAMES = [
  "compose.override.yml",
  "compose.override.yaml",
  "docker-compose.override.yml",
  "docker-compose.override.yaml",
];

/**
 * Absolute paths: the Compose file, and the override file if there is one. Empty without a Compose file. Unlike `docker compose`,
 * the folders above are not searched: a stack is its folder.
 */
export function findConfigFiles(folder: string, files: Files): string[] {
  const first = findFirst(folder, NAMES, files);
  if (first === undefined) return [];
  const override = findFirst(folder, OVERRIDE_NAMES, files);
  return override === undefined ? [first] : [first, override];
}

function findFirst(folder: string, names: readonly string[], files: Files): string | undefined {
  const entries = new Set(files.list(folder));
  const name = names.find((each) => entries.has(each));
  return name === undefined ? undefined : posix.join(folder, name);
}

/** The files that are asked for: by the caller, else by `COMPOSE_FILE`, else those that the folder has. */
export function getConfigFiles(
  folder: string,
  files: Files,
  asked: readonly string[] | undefined,
  { values: variables, places }: Pick<Variables, "values" | "places">,
): string[] {
  const named = asked ?? variables.get("COMPOSE_FILE")?.split(variables.get("COMPOSE_PATH_SEPARATOR") || ":");
  if (named !== undefined) {
    const paths = named.map((file) => posix.resolve(folder, file));
    for (const path of paths) {
      refuseFolder(path, files, asked === undefined ? places.get("COMPOSE_FILE") : undefined);
    }
    return paths;
  }
  const found = findConfigFiles(folder, files);
  if (found.length === 0) {
    throw new ConfigurationError(`There is no Compose file in ${folder}`, { hint: `add ${NAMES[1]}` });
  }
  return found;
}

function refuseFolder(path: string, files: Files, location: Location = { file: path }): void {
  if (files.kind(path) !== "folder") return;
  throw new ConfigurationError(`${path} is a folder, and no Compose file`, {
    hint: "name the Compose files themselves, with a colon between them",
    location,
  });
}
