/** A loaded project as `docker compose config` shows it: a tree that keeps every key in its place and every number as it is written. */
import { jsonMap, jsonText } from "./go_json.ts";
import { jsonValue } from "./json_value.ts";
import { hasNoKeys, type Kind } from "./kind.ts";
import type { LoadedProject } from "./load.ts";
import type { FileObject, Project } from "./project.ts";
import { model } from "./plugin_shapes.ts";
import { fileObject, network, volume } from "./resource_shapes.ts";
import { service } from "./service_shape.ts";
import type { Value } from "./value.ts";

export type ConfigNode =
  | { readonly kind: "map"; readonly entries: readonly ConfigEntry[] }
  | { readonly kind: "list"; readonly items: readonly ConfigNode[] }
  | { readonly kind: "text"; readonly value: string }
  /** A number, `true`, `false` or `null`. */
  | { readonly kind: "literal"; readonly text: string };

export type ConfigEntry = readonly [key: string, value: ConfigNode];

/** `extensions`: those of the top level. */
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
      ({ name: _name, label_file: _read, ...rest }) => service.write(rest, "shown"),
    ),
  };
  const add = <T>(key: string, map: Readonly<Record<string, T>>, kind: Kind<T>) => {
    if (!hasNoKeys(map)) sections[key] = jsonMap(map, (each) => kind.write(each, "shown"));
  };
  add("networks", networks, network);
  add("volumes", volumes, volume);
  add("secrets", secrets, shownFileObject);
  add("configs", configs, shownFileObject);
  add("models", models, model);
  for (const [key, value] of Object.entries(extensions)) sections[key] = jsonValue(value);
  return sections;
}

/** Of a variable the name is shown, and not what it holds. */
const shownFileObject: Kind<FileObject> = {
  ...fileObject,
  write: ({ content, ...object }, form) =>
    fileObject.write(
      content === undefined || object.environment !== undefined ? object : { ...object, content },
      form,
    ),
};

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
