/** Which Compose files a folder has. */
import { posix } from "node:path";
import { ConfigurationError } from "../errors.ts";
import type { Files } from "./files.ts";

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
  variables: ReadonlyMap<string, string>,
): string[] {
  const named = asked ?? variables.get("COMPOSE_FILE")?.split(variables.get("COMPOSE_PATH_SEPARATOR") || ":");
  if (named !== undefined) return named.map((file) => notFolder(posix.resolve(folder, file), files));
  const found = findConfigFiles(folder, files);
  if (found.length === 0) {
    throw new ConfigurationError(`There is no Compose file in ${folder}`, { hint: `add ${NAMES[1]}` });
  }
  return found;
}

function notFolder(file: string, files: Files): string {
  if (files.kind(file) !== "folder") return file;
  throw new ConfigurationError(`${file} is a folder, and no Compose file`, {
    hint: "name the Compose files themselves, with a colon between them",
    location: { file },
  });
}
