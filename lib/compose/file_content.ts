/** What configs and secrets hold, as far as it must be known before anything is deployed. */
import type { ConfigurationError } from "../errors.ts";
import { put } from "./kind.ts";
import type { Files } from "./files.ts";
import type { Locations } from "./locations.ts";
import type { FileObject } from "./project.ts";
import { SECRET_VALUE } from "./secret_value.ts";
import { problemAt, rootSpot, type Spot, spotIn } from "./spot.ts";
import type { Mapping } from "./value.ts";

export interface ContentInput {
  readonly dict: Mapping;
  readonly locations: Locations;
  readonly variables: ReadonlyMap<string, string>;
  readonly files: Files;
  /** Called for whatever is missing. */
  readonly onProblem: (problem: ConfigurationError) => void;
}

type FileObjects = Readonly<Record<string, FileObject>>;

/** With the values of the variables that `environment` names. `objects`: only those that are used. */
export function fillContents(
  kind: "configs" | "secrets",
  objects: FileObjects,
  input: ContentInput,
): FileObjects {
  const result: Record<string, FileObject> = {};
  for (const name of Object.keys(objects)) {
    put(result, name, fillContent(objects[name]!, entrySpot(kind, name, input), input));
  }
  return result;
}

function fillContent(object: FileObject, spot: Spot, input: ContentInput): FileObject {
  const { variables, onProblem } = input;
  const what = `${spot.parent?.key === "configs" ? "Config" : "Secret"} ${spot.key}`;
  const entry = (spot.container as Mapping)[spot.key] as Mapping;
  if (object.file !== undefined && isMissing(object.file, input)) {
    const place = spotIn(spot, entry, "file");
    onProblem(problemAt(place, `${what} has no file ${object.file}`, "add the file to the repository"));
  }
  if (object.environment === undefined) {
    if (object.file === undefined && object.content === undefined && object.external !== true) {
      onProblem(problemAt(spot, `${what} has no content`, "add file or environment"));
    }
    return object;
  }
  const content = variables.get(object.environment) ?? entry[SECRET_VALUE];
  if (typeof content === "string") return { ...object, content };
  const place = spotIn(spot, entry, "environment");
  onProblem(problemAt(
    place,
    `${what} takes its content from variable ${object.environment}, which is not set`,
    "set it in the secrets source, in the envs of the configuration, or in the stack's .env",
  ));
  return object;
}

/** Only a file of the repository can be known to be missing. */
function isMissing(path: string, { files }: ContentInput): boolean {
  try {
    return files.kind(path) === undefined;
  } catch {
    return false;
  }
}

function entrySpot(kind: string, name: string, { dict, locations }: ContentInput): Spot {
  return spotIn(rootSpot(locations, dict, kind), dict[kind] as Mapping, name);
}
