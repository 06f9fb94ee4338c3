/** Reads one Compose file, and finds what must be known before files are merged. */
import { ConfigurationError, type Location } from "../errors.ts";
import { decodeYaml } from "./decode_yaml.ts";
import type { Files } from "./files.ts";
import { interpolate, type Lookup } from "./interpolate.ts";
import type { Locations } from "./locations.ts";
import type { ParsedFile } from "./merge_files.ts";
import { isMapping } from "./value.ts";
import { parseYaml } from "./yaml.ts";

export function parseConfigFile(file: string, files: Files, locations: Locations): ParsedFile {
  const content = files.read(file);
  if (content !== undefined) {
    return { file, documents: parseYaml(decodeYaml(content, file), file, locations) };
  }
  throw new ConfigurationError("There is no such Compose file", {
    hint: "add the file, or mend its name",
    location: { file },
  });
}

export interface WrittenName {
  readonly name: string;
  /** Before its variables were filled in. */
  readonly text: string;
  readonly location: Location | undefined;
}

/** The last top-level `name`, its variables filled in; `undefined` when no file has one. */
export function findWrittenName(
  parsed: readonly ParsedFile[],
  lookup: Lookup,
  locations: Locations,
): WrittenName | undefined {
  let last: WrittenName | undefined;
  for (const { value } of parsed.flatMap(({ documents }) => documents)) {
    const name = isMapping(value) ? value["name"] : undefined;
    if (!isMapping(value) || typeof name !== "string" || name === "") continue;
    last = {
      name: fillIn(name, lookup, locations.find(value, "name")),
      text: name,
      location: locations.find(value, "name"),
    };
  }
  return last;
}

function fillIn(name: string, lookup: Lookup, location: Location | undefined): string {
  try {
    return interpolate(name, lookup);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(error.message, { hint: error.hint, location, path: "name" });
  }
}
