/** The attributes of the Compose specification, as the reference carries them: it holds the specification's JSON schema as plain text. */
import { Buffer } from "node:buffer";
import type { FoundProgram, Missing } from "../engine/environment.ts";

/** How a value may be written. A null is no form of its own. */
export type Form = "scalar" | "list" | "mapping";

export interface Place {
  /** Such as `services.*.ports[].target`: `*` for any name, `[]` for any item. */
  readonly path: string;
  /** Whether the specification gives its name; otherwise it is an item, or has a name of the user's own. */
  readonly isAttribute: boolean;
  readonly forms: ReadonlySet<Form>;
}

/** Attributes that a later release of the specification has, and Homeport with it. */
export const LATER_ATTRIBUTES: readonly string[] = ["services.*.pre_start"];

/** Every place of a Compose file that the specification knows, in its order, by path. */
export type Specification = ReadonlyMap<string, Place>;

export async function readSpecification(compose: FoundProgram): Promise<Specification | Missing> {
  const plugin = await findPlugin(compose);
  const text = plugin === undefined ? undefined : schemaIn(await Deno.readFile(plugin));
  if (text === undefined) return { missing: `no JSON schema in ${plugin ?? "docker's plugins"}` };
  const schema: Schema = JSON.parse(text);
  const places = new Map<string, { path: string; isAttribute: boolean; forms: Set<Form> }>();
  walk(schema, "", false, { definitions: schema.definitions ?? {}, places });
  places.delete("");
  return places;
}

/** `docker` tells where its plugins are, also when there is no engine. */
async function findPlugin({ command, env }: FoundProgram): Promise<string | undefined> {
  const format = '{{range .ClientInfo.Plugins}}{{if eq .Name "compose"}}{{.Path}}{{end}}{{end}}';
  const { stdout } = await new Deno.Command(command, {
    args: ["info", "--format", format],
    env: { ...env, DOCKER_HOST: "unix:///nowhere" },
    stderr: "null",
  }).output();
  const path = new TextDecoder().decode(stdout).trim();
  return path === "" ? undefined : path;
}

function schemaIn(program: Uint8Array<ArrayBuffer>): string | undefined {
  const bytes = Buffer.from(program.buffer);
  const name = bytes.indexOf('"compose_spec.json"');
  const start = bytes.lastIndexOf("{", name);
  if (name === -1 || start === -1) return undefined;
  return wholeObject(bytes.subarray(start, start + 500_000).toString("latin1"));
}

/** Up to the brace that closes the first one. */
function wholeObject(text: string): string | undefined {
  let depth = 0;
  for (const { 0: sign, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (sign === "{") depth++;
    if (sign === "}" && --depth === 0) return text.slice(0, index + 1);
  }
  return undefined;
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly $ref?: string;
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

interface Walk {
  readonly definitions: Readonly<Record<string, Schema>>;
  readonly places: Map<string, { path: string; isAttribute: boolean; forms: Set<Form> }>;
}

function walk(schema: Schema, path: string, isAttribute: boolean, context: Walk): void {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split("/").at(-1)!;
    return walk(context.definitions[name]!, path, isAttribute, context);
  }
  const place = context.places.get(path) ?? { path, isAttribute, forms: new Set<Form>() };
  context.places.set(path, place);
  for (const type of [schema.type ?? []].flat()) {
    const form = FORMS[type];
    if (form !== undefined) place.forms.add(form);
  }
  for (const option of schema.oneOf ?? []) walk(option, path, isAttribute, context);
  const below = path === "" ? "" : `${path}.`;
  for (const [name, each] of Object.entries(schema.properties ?? {})) {
    walk(each, `${below}${name}`, true, context);
  }
  for (const [pattern, each] of Object.entries(schema.patternProperties ?? {})) {
    if (pattern !== "^x-") walk(each, `${below}*`, false, context);
  }
  if (typeof schema.additionalProperties === "object") {
    walk(schema.additionalProperties, `${below}*`, false, context);
  }
  if (schema.items !== undefined) walk(schema.items, `${path}[]`, false, context);
}

const FORMS: Readonly<Record<string, Form>> = {
  string: "scalar",
  number: "scalar",
  integer: "scalar",
  boolean: "scalar",
  array: "list",
  object: "mapping",
};
