/** `stack.yml` of a host's folder: which stacks come first, and variables for all of them. The format is ComposeFlux's. */
import { posix } from "node:path";
import { decodeYaml } from "../compose/decode_yaml.ts";
import { Locations } from "../compose/locations.ts";
import type { StringMap } from "../compose/project.ts";
import { isMapping, type Mapping, type Value } from "../compose/value.ts";
import { parseYaml } from "../compose/yaml.ts";
import { rawScalar } from "./raw_scalar.ts";
import { ConfigurationError, ConfigurationProblems, type Location } from "../errors.ts";
import type { Files } from "./stack.ts";

const NAMES = ["stack.yml", "stack.yaml"];
const KEYS = ["startup_order", "envs"];

export interface HostFile {
  readonly startupOrder: readonly string[];
  readonly envs: StringMap;
}

/** What the host folder's `stack.yml` says; nothing when there is none. */
export function readHostFile(folder: string, root: string, files: Files): HostFile {
  const found = NAMES.map((name) => posix.join(folder, name)).filter((path) => files.kind(path) === "file");
  const [path, other] = found;
  if (path === undefined) return { startupOrder: [], envs: {} };
  const file = posix.relative(root, path);
  if (other !== undefined) {
    throw new ConfigurationError("both stack.yml and stack.yaml are there", {
      location: { file },
      hint: "keep one of them",
    });
  }
  return parseHostFile(decodeYaml(files.read(path)!, file), file);
}

function parseHostFile(text: string, file: string): HostFile {
  const locations = new Locations();
  const documents = parseYaml(text, file, locations);
  if (documents.length > 1) {
    throw new ConfigurationError("more than one YAML document", {
      location: { file },
      hint: "keep one document",
    });
  }
  const content = documents[0]?.value ?? null;
  if (content === null) return { startupOrder: [], envs: {} };
  if (!isMapping(content)) {
    throw new ConfigurationError("a mapping is needed", {
      location: { file, line: 1 },
      hint: `the keys of this file are ${KEYS.join(" and ")}`,
    });
  }
  const problems: ConfigurationError[] = [];
  const report = (message: string, hint: string, path: string, location: Location | undefined) =>
    problems.push(new ConfigurationError(message, { hint, path, location: location ?? { file } }));
  const reader: Reader = { locations, report, lines: text.split("\n") };
  reportUnknownKeys(content, reader);
  const result = { startupOrder: readOrder(content, reader), envs: readEnvs(content, reader) };
  if (problems.length === 1) throw problems[0]!;
  if (problems.length > 1) {
    throw new ConfigurationProblems(`${file} has ${problems.length} problems:`, problems);
  }
  return result;
}

interface Reader {
  readonly lines: readonly string[];
  readonly locations: Locations;
  readonly report: (message: string, hint: string, path: string, location: Location | undefined) => void;
}

function reportUnknownKeys(content: Mapping, { locations, report }: Reader): void {
  for (const key of Object.keys(content).filter((each) => !KEYS.includes(each))) {
    const hint = `the keys of this file are ${KEYS.join(" and ")}`;
    report(`unknown key ${JSON.stringify(key)}`, hint, key, locations.find(content, key));
  }
}

function readOrder(content: Mapping, { locations, report }: Reader): string[] {
  const list = content["startup_order"] ?? null;
  const hint = 'write a list of names of stacks\' folders, such as "- traefik"';
  if (list === null) return [];
  if (!Array.isArray(list)) {
    report("startup_order is not a list", hint, "startup_order", locations.find(content, "startup_order"));
    return [];
  }
  return list.flatMap((item, index) => {
    const name = textOf(item);
    const isRepeated = list.findIndex((other) => textOf(other) === name) < index;
    if (name !== undefined && name !== "" && !isRepeated) return [name];
    const message = isRepeated ? `${name} is listed twice` : "not a name of a stack";
    report(
      message,
      isRepeated ? "list it once" : hint,
      `startup_order[${index}]`,
      locations.find(list, index),
    );
    return [];
  });
}

function readEnvs(content: Mapping, { lines, locations, report }: Reader): StringMap {
  const map = content["envs"] ?? null;
  if (map === null) return {};
  if (!isMapping(map)) {
    report("envs is not a mapping", "write NAME: value, one a line", "envs", locations.find(content, "envs"));
    return {};
  }
  return Object.fromEntries(
    Object.entries(map).flatMap(([name, value]) => {
      const isSingle = textOf(value) !== undefined || value === null;
      const isName = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
      if (isSingle && isName) {
        if (value === null || typeof value === "string") return [[name, value ?? ""]];
        return [[name, rawScalar(name, value, lines, locations.find(map, name)?.line)]];
      }
      const [message, hint] = isName
        ? ["not a single value", "write text, a number or a boolean"]
        : ["not a name of a variable", "use letters, digits and underscores, and no digit first"];
      report(message, hint, `envs.${name}`, locations.find(map, name));
      return [];
    }),
  );
}

/** A scalar's text; `undefined` for lists, mappings and nothing at all. */
function textOf(value: Value): string | undefined {
  return value === null || Array.isArray(value) || isMapping(value) ? undefined : String(value);
}
