/** A service's environment as its container gets it: what its `env_file`s have, and `environment` over them. */
import { ConfigurationError } from "../errors.ts";
import { decode, type OnUnset } from "./variables.ts";
import { parseDotenv } from "./dotenv.ts";
import { parseRawEnv } from "./raw_env.ts";
import { put } from "./kind.ts";
import { insideRepository, type PathContext } from "./resolve_paths.ts";
import { mustBe, problemAt, type Spot, spotIn } from "./spot.ts";
import { isMapping, type Mapping } from "./value.ts";
import { findBoolean } from "./scalar_kinds.ts";

export type Environment = Readonly<Record<string, string | null>>;

export interface EnvFileContext extends PathContext {
  /** The project's variables. */
  readonly variables: ReadonlyMap<string, string>;
  readonly onUnset: OnUnset;
  readonly usedFiles: string[];
}

/** `service`: as the model has it, its paths absolute. */
export function resolveEnvironment(
  service: Mapping,
  spot: Spot,
  environment: Environment,
  context: EnvFileContext,
): Environment {
  const entries = service["env_file"];
  if (!Array.isArray(entries) || entries.length === 0) return environment;
  const values = new Map<string, string>();
  for (const name of Object.keys(environment)) {
    const value = environment[name];
    if (typeof value === "string") values.set(name, value);
  }
  const place = spotIn(spot, service, "env_file");
  entries.forEach((entry, index) => {
    if (isMapping(entry)) readInto(values, entry, spotIn(place, entries, index), environment, context);
  });
  const result: Record<string, string | null> = {};
  for (const [name, value] of values) put<string | null>(result, name, value);
  for (const name of Object.keys(environment)) put(result, name, environment[name]!);
  return result;
}

function readInto(
  values: Map<string, string>,
  entry: Mapping,
  spot: Spot,
  environment: Environment,
  { files, variables, onUnset, usedFiles, undeployable }: EnvFileContext,
): void {
  const path = String(entry["path"]);
  const format = entry["format"] ?? "";
  const pathSpot = spotIn(spot, entry, "path");
  const isRequired = readRequired(entry, spot);
  const content = insideRepository(
    pathSpot,
    path,
    () => path !== "" && files.kind(path) === "file" ? files.read(path) : undefined,
  );
  if (content === undefined) {
    if (!isRequired) return;
    throw problemAt(
      pathSpot,
      `There is no env file ${path}`,
      "add the file, or set `required: false` for it",
    );
  }
  if (!usedFiles.includes(path)) usedFiles.push(path);
  const lookup = (name: string) =>
    variables.get(name) ?? (Object.hasOwn(environment, name) ? environment[name] ?? undefined : undefined);
  if (format === "") {
    const onUnsetHere = (name: string, line: number) => onUnset(name, { file: path, line });
    const onName = (name: string, line: number) => {
      if (name === "") undeployable(nameless(path, line));
    };
    parseDotenv(decode(content), path, lookup, { into: values, onUnset: onUnsetHere, onName });
  } else if (format === "raw") parseRawEnv(decode(content), path, lookup, values);
  else throw problemAt(spot, `Unknown env file format "${format}"`, "leave `format` out, or use raw");
}

function readRequired(entry: Mapping, spot: Spot): boolean {
  const value = entry["required"] ?? true;
  const required = findBoolean(value);
  if (required === undefined) throw mustBe(spotIn(spot, entry, "required"), value, "true or false");
  return required;
}

/** The engine refuses it. */
function nameless(file: string, line: number): ConfigurationError {
  return new ConfigurationError("A variable has no name", {
    hint: "write NAME=value",
    location: { file, line },
  });
}
