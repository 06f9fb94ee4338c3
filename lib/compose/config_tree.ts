/** A loaded project as `docker compose config` shows it: a tree that keeps every key in its place and every number as it is written. */
import { jsonInteger, jsonMap, jsonText } from "./go_json.ts";
import type { LoadedProject } from "./load.ts";
import type { FileObject, Project } from "./project.ts";
import { model } from "./plugin_shapes.ts";
import { fileObject, network, volume } from "./resource_shapes.ts";
import { service } from "./service_shape.ts";
import { Float, isMapping, type Value } from "./value.ts";

export type ConfigNode =
  | { readonly kind: "map"; readonly entries: readonly ConfigEntry[] }
  | { readonly kind: "list"; readonly items: readonly ConfigNode[] }
  | { readonly kind: "text"; readonly value: string }
  /** A number, `true`, `false` or `null`. */
  | { readonly kind: "literal"; readonly text: string };

export type ConfigEntry = readonly [key: string, value: ConfigNode];

/** `extensions`: those of the top level; others are gone by now, as in the reference's JSON. */
export function configTree(
  { project, extensions }: Pick<LoadedProject, "project" | "extensions">,
): ConfigNode {
  return parseJson(jsonMap(sectionsOf(project, extensions), (text) => text));
}

/** Each section as JSON, by the writers that make the config hash. */
function sectionsOf(project: Project, extensions: Readonly<Record<string, Value>>): Record<string, string> {
  const { networks, volumes, secrets, configs, models } = project;
  const sections: Record<string, string> = {
    name: jsonText(project.name),
    // Label files are shown by what they hold, among the labels.
    services: jsonMap(
      project.services,
      ({ name: _name, label_file: _read, ...rest }) => service.write(rest),
    ),
  };
  const add = <T>(key: string, map: Readonly<Record<string, T>>, write: (value: T) => string) => {
    if (Object.keys(map).length > 0) sections[key] = jsonMap(map, write);
  };
  add("networks", networks, network.write);
  add("volumes", volumes, volume.write);
  add("secrets", secrets, (each) => fileObject.write(withoutLookedUp(each)));
  add("configs", configs, (each) => fileObject.write(withoutLookedUp(each)));
  add("models", models, model.write);
  for (const [key, value] of Object.entries(extensions)) sections[key] = jsonOf(value);
  return sections;
}

/** Of a variable the name is shown, and not what it holds. */
function withoutLookedUp({ content, ...object }: FileObject): FileObject {
  return content === undefined || object.environment !== undefined ? object : { ...object, content };
}

function jsonOf(value: Value): string {
  if (value === null) return "null";
  if (typeof value === "string") return jsonText(value);
  if (typeof value === "number") return jsonInteger(value);
  if (value instanceof Float) return Object.is(value.value, -0) ? "-0" : String(value.value);
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(",")}]`;
  return isMapping(value) ? jsonMap(value, jsonOf) : String(value);
}

/** `JSON.parse` would put keys that look like numbers first. */
function parseJson(json: string): ConfigNode {
  let at = 0;
  const isNext = (char: string) => json[at] === char && ++at > 0;
  const token = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const text = pattern.exec(json)![0];
    at += text.length;
    return text;
  };
  const text = (): string => JSON.parse(token(TEXT));
  const list = <T>(end: string, item: () => T): T[] => {
    const items: T[] = [];
    while (!isNext(end)) {
      items.push(item());
      isNext(",");
    }
    return items;
  };
  const entry = (): ConfigEntry => {
    const key = text();
    isNext(":");
    return [key, node()];
  };
  const node = (): ConfigNode => {
    if (isNext("{")) return { kind: "map", entries: list("}", entry) };
    if (isNext("[")) return { kind: "list", items: list("]", node) };
    return json[at] === '"' ? { kind: "text", value: text() } : { kind: "literal", text: token(LITERAL) };
  };
  return node();
}

const TEXT = /"(?:[^"\\]|\\.)*"/y;
const LITERAL = /[^,\]}]+/y;
