/** The variables that a project's files may use. */
import { posix } from "node:path";
import { ConfigurationError, type Location } from "../errors.ts";
import { parseDotenv } from "./dotenv.ts";
import type { Files } from "./files.ts";
import type { StringMap } from "./project.ts";

/** What changes how `docker compose` itself works, in a way that is not carried out here. */
const REFUSED: Readonly<Record<string, string>> = {
  COMPOSE_COMPATIBILITY: "remove it: names with _ are those of Compose 1",
  COMPOSE_CONVERT_WINDOWS_PATHS: "remove it, and write paths as Linux does",
};
const ENV_FILES = { COMPOSE_ENV_FILES: "put the variables into the stack's .env file" };
const OFF = ["0", "f", "F", "false", "False", "FALSE"];
const ON = ["1", "t", "T", "true", "True", "TRUE"];

export interface Variables {
  readonly values: Map<string, string>;
  /** Absolute paths of the `.env` files read. */
  readonly usedFiles: string[];
  /** Where a `.env` file says what a variable is. */
  readonly places: Map<string, Location>;
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
  const variables: Variables = { values, usedFiles: [], places: new Map() };
  // In a `.env` file it has no effect.
  const refused = given["COMPOSE_ENV_FILES"] ? { ...REFUSED, ...ENV_FILES } : REFUSED;
  if (envFiles === undefined) addDotenv(variables, folder, files, onUnset);
  else addEnvFiles(variables, envFiles, onUnset);
  for (const [name, hint] of Object.entries(refused)) {
    if (!["", ...OFF].includes(values.get(name) ?? "")) {
      const location = variables.places.get(name);
      throw new ConfigurationError(`Variable ${name} is set, which is not supported`, { hint, location });
    }
  }
  return variables;
}

/** Adds what `<folder>/.env` has and nothing else sets. */
export function addDotenv(variables: Variables, folder: string, files: Files, onUnset: OnUnset): void {
  const { values, usedFiles, places } = variables;
  const path = posix.join(folder, ".env");
  if (isDisabled(variables)) return;
  if (usedFiles.includes(path) || files.kind(path) !== "file") return;
  usedFiles.push(path);
  const found = new Map<string, number>();
  const read = parseDotenv(decode(files.read(path)!), path, (name) => values.get(name), {
    onUnset: (name, line) => onUnset(name, { file: path, line }),
    onName: (name, line) => void found.set(name, line),
  });
  const added = [...read.keys()].filter((name) => !values.has(name));
  for (const name of added) {
    values.set(name, read.get(name)!);
    places.set(name, { file: path, line: found.get(name)! });
  }
  if (!isDisabled(variables)) return;
  // A file that disables itself still counts for what says how to load.
  for (const name of added) if (!name.startsWith("COMPOSE_")) values.delete(name);
}

const DISABLE = "COMPOSE_DISABLE_ENV_FILE";

function isDisabled({ values, places }: Variables): boolean {
  const value = values.get(DISABLE);
  if (value === undefined || OFF.includes(value)) return false;
  if (ON.includes(value)) return true;
  throw new ConfigurationError(`Variable ${DISABLE} is "${value}", which is neither true nor false`, {
    hint: `write ${DISABLE}=true, or remove it`,
    location: places.get(DISABLE),
  });
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
