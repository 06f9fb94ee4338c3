/** Makes one model of all documents of all files. */
import { ConfigurationError, type Location } from "../errors.ts";
import { makeCanonical, type OnWarning } from "./canonical.ts";
import { interpolateTree, type Lookup } from "./interpolate.ts";
import type { Locations } from "./locations.ts";
import { mergeDocument } from "./merge.ts";
import { applyDirectives } from "./reset.ts";
import { validateSchema } from "./schema/validate.ts";
import { rootSpot } from "./spot.ts";
import { throwAll } from "./throw_all.ts";
import { removeDuplicates } from "./unicity.ts";
import { isMapping, type Mapping, newMapping } from "./value.ts";
import type { YamlDocument } from "./yaml.ts";

export interface ParsedFile {
  readonly file: string;
  readonly documents: readonly YamlDocument[];
}

export interface MergeContext {
  readonly lookup: Lookup;
  readonly locations: Locations;
  readonly onUnset: (name: string, location: Location | undefined) => void;
  readonly onWarning: OnWarning;
}

/** Each document is laid over those before it; what comes out must fit the schema after each. */
export function mergeFiles(parsed: readonly ParsedFile[], context: MergeContext): Mapping {
  const dict = newMapping();
  for (const { file, documents } of parsed) {
    for (const document of documents) addDocument(dict, document, file, context);
  }
  if (Object.keys(dict).length > 0) return dict;
  throw new ConfigurationError("The Compose file is empty", {
    location: { file: parsed[0]!.file },
    hint: "add services",
  });
}

function addDocument(dict: Mapping, document: YamlDocument, file: string, context: MergeContext): void {
  const { lookup, locations, onUnset, onWarning } = context;
  const { value, directives } = document;
  if (!isMapping(value)) {
    throw new ConfigurationError("The Compose file is not a mapping", {
      location: { file },
      hint: "begin it with `services:`",
    });
  }
  mergeAfterReset(dict, interpolateTree(value, lookup, locations, onUnset), directives, locations);
  removeDuplicates(dict, locations);
  throwAll(validateSchema(dict, locations));
  if ("version" in dict) {
    onWarning(rootSpot(locations, dict, "version"), "`version` is obsolete and has no effect");
    delete dict["version"];
  }
  makeCanonical(dict, locations, onWarning);
  // Two notations of the same port or mount are the same only now.
  removeDuplicates(dict, locations);
}

function mergeAfterReset(
  dict: Mapping,
  over: Mapping,
  directives: YamlDocument["directives"],
  locations: Locations,
): void {
  applyDirectives(dict, directives);
  mergeDocument(dict, over, locations);
}
