/** A service's labels as its container gets them: what its `label_file`s have, and `labels` over them. */
import { parseDotenv } from "./dotenv.ts";
import type { EnvFileContext } from "./env_files.ts";
import { put } from "./kind.ts";
import type { StringMap } from "./project.ts";
import { insideRepository } from "./resolve_paths.ts";
import { problemAt, type Spot, spotIn } from "./spot.ts";
import type { Mapping } from "./value.ts";
import { decode } from "./variables.ts";

/** `service`: as the model has it, its paths absolute. */
export function resolveLabels(
  service: Mapping,
  spot: Spot,
  labels: StringMap,
  context: EnvFileContext,
): StringMap {
  const paths = service["label_file"];
  if (!Array.isArray(paths) || paths.length === 0) return labels;
  const read = new Map<string, string>();
  const place = spotIn(spot, service, "label_file");
  paths.forEach((path, index) => {
    const own = readLabels(String(path), spotIn(place, paths, index), read, context);
    for (const [name, value] of own) read.set(name, value);
  });
  const result: Record<string, string> = {};
  for (const [name, value] of read) put(result, name, value);
  for (const name of Object.keys(labels)) put(result, name, labels[name]!);
  return result;
}

/** A value may use the labels of the files before, and those before it; the project's variables count for nothing. */
function readLabels(
  path: string,
  spot: Spot,
  before: ReadonlyMap<string, string>,
  { files, onUnset, usedFiles }: EnvFileContext,
): Map<string, string> {
  const content = insideRepository(
    spot,
    path,
    () => files.kind(path) === "file" ? files.read(path) : undefined,
  );
  if (content === undefined) throw problemAt(spot, `There is no label file ${path}`, "add the file");
  if (!usedFiles.includes(path)) usedFiles.push(path);
  return parseDotenv(decode(content), path, (name) => before.get(name), {
    onUnset: (name, line) => onUnset(name, { file: path, line }),
  });
}
