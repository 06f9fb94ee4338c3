/** Which cases that are compared with `docker compose` hold which attribute: read from the cases' own YAML, so that it cannot be untrue. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadProject } from "../../lib/compose/load.ts";
import { Locations } from "../../lib/compose/locations.ts";
import { Float, type Value } from "../../lib/compose/value.ts";
import { parseYaml } from "../../lib/compose/yaml.ts";
import { ConfigurationError } from "../../lib/errors.ts";
import { diskFiles } from "../compose/disk_files.ts";
import { PARITY_CASES } from "./body_cases.ts";
import { IDEMPOTENCE_CASES } from "./idempotence_cases.ts";
import type { Form, Specification } from "./specification.ts";

/** The names of the cases that hold a place in a form, by `placeKey`. */
export type Coverage = ReadonlyMap<string, readonly string[]>;

export function placeKey(path: string, form: Form): string {
  return `${path} as ${form}`;
}

export function coverageOf(specification: Specification): Coverage {
  const coverage = new Map<string, string[]>();
  for (const { name, texts } of cases()) {
    for (const key of new Set(texts.flatMap((text) => placesIn(text, specification)))) {
      coverage.set(key, [...coverage.get(key) ?? [], name]);
    }
  }
  return coverage;
}

interface Case {
  readonly name: string;
  readonly texts: readonly string[];
}

function cases(): Case[] {
  const compared = (kind: string, all: readonly { readonly name: string; readonly file: string }[]) =>
    all.map(({ name, file }) => ({ name: `${kind}: ${name}`, texts: [file] }));
  return [
    ...corpusCases(),
    ...compared("request", PARITY_CASES),
    ...compared("stack", IDEMPOTENCE_CASES),
  ];
}

const CORPUS = fileURLToPath(new URL("../fixtures/compose", import.meta.url));

/** Those that load: a case that is refused shows nothing of what an attribute does. */
function corpusCases(): Case[] {
  return foldersOf(CORPUS).flatMap((topic) =>
    foldersOf(join(CORPUS, topic)).map((name) => `${topic}/${name}`)
  ).filter((name) => loads(join(CORPUS, name))).map((name) => ({
    name,
    texts: composeFilesOf(join(CORPUS, name)),
  }));
}

function loads(folder: string): boolean {
  try {
    const variables = readIfThere(join(folder, "variables.json"));
    loadProject({
      folder,
      variables: variables === undefined ? {} : JSON.parse(variables),
      files: diskFiles(join(folder, "..")),
      homeDir: "/home/me",
    });
    return true;
  } catch (error) {
    if (error instanceof ConfigurationError) return false;
    throw error;
  }
}

function composeFilesOf(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return composeFilesOf(join(folder, name));
    return /\.ya?ml$/.test(name) ? [Deno.readTextFileSync(join(folder, name))] : [];
  });
}

function foldersOf(folder: string): string[] {
  return [...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name)
    .sort();
}

function readIfThere(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function placesIn(text: string, specification: Specification): string[] {
  const keys: string[] = [];
  for (const { value } of parseYaml(text, "compose.yml", new Locations())) {
    visit(value, "", specification, keys);
  }
  return keys;
}

function visit(value: Value, path: string, specification: Specification, keys: string[]): void {
  const form = formOf(value);
  if (form === undefined) return;
  keys.push(placeKey(path, form));
  if (Array.isArray(value)) {
    for (const item of value) visit(item, `${path}[]`, specification, keys);
  } else if (form === "mapping") {
    for (const [key, each] of Object.entries(value as Readonly<Record<string, Value>>)) {
      const below = path === "" ? "" : `${path}.`;
      visit(each, specification.has(`${below}${key}`) ? `${below}${key}` : `${below}*`, specification, keys);
    }
  }
}

function formOf(value: Value): Form | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value)) return "list";
  return typeof value === "object" && !(value instanceof Float) ? "mapping" : "scalar";
}
