/** Which cases that are compared with `docker compose` hold which attribute: read from the cases' own YAML, so that it cannot be untrue. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type LoadedProject, loadProject } from "../../lib/compose/load.ts";
import { Locations } from "../../lib/compose/locations.ts";
import { Float, type Value } from "../../lib/compose/value.ts";
import { parseYaml } from "../../lib/compose/yaml.ts";
import { ConfigurationError } from "../../lib/errors.ts";
import { diskFiles } from "../compose/disk_files.ts";
import { PARITY_CASES } from "./body_cases.ts";
import { IDEMPOTENCE_CASES } from "./idempotence_cases.ts";
import type { Form, Specification } from "./specification.ts";

export interface Coverage {
  /** The names of the cases that hold a place in a form, by `placeKey`. */
  readonly cases: ReadonlyMap<string, readonly string[]>;
  /** Paths of attributes that a case is refused for when it is to be deployed; with some of their values, perhaps. */
  readonly refused: ReadonlySet<string>;
  /** Paths that a case holds without being refused for it: unused, perhaps, or in a disabled service. */
  readonly deployable: ReadonlySet<string>;
  /** Paths of which a case is warned that they have no effect. */
  readonly unused: ReadonlySet<string>;
}

export function placeKey(path: string, form: Form): string {
  return `${path} as ${form}`;
}

export function coverageOf(specification: Specification): Coverage {
  const coverage = {
    cases: new Map<string, string[]>(),
    refused: new Set<string>(),
    deployable: new Set<string>(),
    unused: new Set<string>(),
  };
  for (const { name, texts, loaded } of cases()) {
    const places = texts.flatMap((text) => placesIn(text, specification));
    for (const key of new Set(places.map(({ path, form }) => placeKey(path, form)))) {
      coverage.cases.set(key, [...coverage.cases.get(key) ?? [], name]);
    }
    const refused = loaded === undefined ? [] : refusedIn(loaded, specification);
    for (const path of refused) if (specification.get(path)?.isAttribute) coverage.refused.add(path);
    for (const { path } of places) if (!isBelow(path, refused)) coverage.deployable.add(path);
    for (const { message } of loaded?.warnings ?? []) {
      const path = /^`(.*)` has no effect$/.exec(message)?.[1];
      if (path !== undefined) coverage.unused.add(generalPath(path, specification));
    }
  }
  return coverage;
}

/** What loads and cannot be carried out. */
function refusedIn({ undeployable }: LoadedProject, specification: Specification): string[] {
  return undeployable.flatMap(({ path }) => path === undefined ? [] : [generalPath(path, specification)]);
}

/** Whether the place is one of them, or in one of them. */
export function isBelow(path: string, above: Iterable<string>): boolean {
  return [...above].some((each) =>
    path === each || path.startsWith(`${each}.`) || path.startsWith(`${each}[`)
  );
}

/** `services.web.ports[0]` → `services.*.ports[]` */
function generalPath(path: string, specification: Specification): string {
  return path.replaceAll(/\[\d+\]/g, "[]").split(".").reduce((above, key) => {
    const below = above === "" ? key : `${above}.${key}`;
    return specification.has(below) ? below : `${above}.*`;
  }, "");
}

interface Case {
  readonly name: string;
  readonly texts: readonly string[];
  readonly loaded?: LoadedProject;
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
    foldersOf(join(CORPUS, topic)).flatMap((name) => {
      const loaded = tryLoad(join(CORPUS, topic, name));
      const texts = composeFilesOf(join(CORPUS, topic, name));
      return loaded === undefined ? [] : [{ name: `${topic}/${name}`, texts, loaded }];
    })
  );
}

function tryLoad(folder: string): LoadedProject | undefined {
  try {
    const variables = readIfThere(join(folder, "variables.json"));
    return loadProject({
      folder,
      variables: variables === undefined ? {} : JSON.parse(variables),
      files: diskFiles(join(folder, "..")),
      homeDir: "/home/me",
    });
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
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

interface FoundPlace {
  readonly path: string;
  readonly form: Form;
}

function placesIn(text: string, specification: Specification): FoundPlace[] {
  const places: FoundPlace[] = [];
  for (const { value } of parseYaml(text, "compose.yml", new Locations())) {
    visit(value, "", specification, places);
  }
  return places;
}

function visit(value: Value, path: string, specification: Specification, places: FoundPlace[]): void {
  const form = formOf(value);
  if (form === undefined) return;
  places.push({ path, form });
  if (Array.isArray(value)) {
    for (const item of value) visit(item, `${path}[]`, specification, places);
  } else if (form === "mapping") {
    for (const [key, each] of Object.entries(value as Readonly<Record<string, Value>>)) {
      const below = path === "" ? "" : `${path}.`;
      visit(
        each,
        specification.has(`${below}${key}`) ? `${below}${key}` : `${below}*`,
        specification,
        places,
      );
    }
  }
}

function formOf(value: Value): Form | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value)) return "list";
  return typeof value === "object" && !(value instanceof Float) ? "mapping" : "scalar";
}
