/** The variables that a project's files may use. */
import { posix } from "node:path";
import { ConfigurationError, type Location } from "../errors.ts";
import { parseDotenv } from "./dotenv.ts";
import type { Files } from "./files.ts";
import type { StringMap } from "./project.ts";

/** What changes how `docker compose` itself works, in a way that is not carried out here. */
const REFUSED: Readonly<Record<string, string>> = {
  COMPOSE_ENV_FILES: "put the variables into the stack's .env file",
  COMPOSE_COMPATIBILITY: "remove it: names with _ are those of Compose 1",
  COMPOSE_CONVERT_WINDOWS_PATHS: "remove it, and write paths as Linux does",
};
const OFF = ["", "0", "f", "F", "false", "False", "FALSE"];

export interface Variables {
  readonly values: Map<string, string>;
  /** Absolute paths of the `.env` files read. */
  readonly usedFiles: string[];
}

/** An env file that a person names, wherever it is. */
export interface EnvFileText {
  /** For errors. */
  readonly path: string;
  readonly text: string;
}

export type OnUnset = (name: string, location: Location | undefined) => void;

/**
 * The given ones, and `PWD` as a shell in the folder would have it; they win over the folder's `.env`, and over the env files that take
 * its place.
 */
export function readVariables(
  given: StringMap,
  folder: string,
  files: Files,
  onUnset: OnUnset,
  envFiles?: readonly EnvFileText[],
): Variables {
  const values = new Map(Object.entries(given));
  if (!values.has("PWD")) values.set("PWD", folder);
  const variables: Variables = { values, usedFiles: [] };
  if (envFiles === undefined) addDotenv(variables, folder, files, onUnset);
  else addEnvFiles(variables, envFiles, onUnset);
  for (const [name, hint] of Object.entries(REFUSED)) {
    if (!OFF.includes(values.get(name) ?? "")) {
      throw new ConfigurationError(`Variable ${name} is set, which is not supported`, { hint });
    }
  }
  return variables;
}

/** Adds what `<folder>/.env` has and nothing else sets. */
export function addDotenv(
  { values, usedFiles }: Variables,
  folder: string,
  files: Files,
  onUnset: OnUnset,
): void {
  const path = posix.join(folder, ".env");
  if (!OFF.includes(values.get("COMPOSE_DISABLE_ENV_FILE") ?? "")) return;
  if (usedFiles.includes(path) || files.kind(path) !== "file") return;
  usedFiles.push(path);
  const read = parseDotenv(decode(files.read(path)!), path, (name) => values.get(name), {
    onUnset: (name, line) => onUnset(name, { file: path, line }),
  });
  for (const [name, value] of read) if (!values.has(name)) values.set(name, value);
}

function addEnvFiles({ values }: Variables, envFiles: readonly EnvFileText[], onUnset: OnUnset): void {
  const into = new Map<string, string>();
  for (const { path, text } of envFiles) {
    parseDotenv(text, path, (name) => values.get(name), {
      into,
      onUnset: (name, line) => onUnset(name, { file: path, line }),
    });
  }
  for (const [name, value] of into) if (!values.has(name)) values.set(name, value);
}

export function decode(content: Uint8Array): string {
  return new TextDecoder().decode(content);
}
