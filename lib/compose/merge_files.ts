/** Makes one model of all documents of all files. */
import { ConfigurationError } from "../errors.ts";
import { applyExtends } from "./extends.ts";
import { applyInclude } from "./include.ts";
import { interpolateTree } from "./interpolate.ts";
import { layDocument } from "./lay_document.ts";
import type { MergeContext } from "./merge_context.ts";
import { applyDirectives } from "./reset.ts";
import { isMapping, type Mapping, newMapping } from "./value.ts";
import type { YamlDocument } from "./yaml.ts";

export interface ParsedFile {
  readonly file: string;
  readonly documents: readonly YamlDocument[];
}

/** Each document is laid over those before it; what comes out must fit the schema after each. */
export function mergeFiles(parsed: readonly ParsedFile[], context: MergeContext): Mapping {
  const dict = mergeDocuments(parsed, context);
  if (Object.keys(dict).length > 0) return dict;
  throw new ConfigurationError("The Compose file is empty", {
    location: { file: parsed[0]!.file, line: 1 },
    hint: "add services",
  });
}

function mergeDocuments(parsed: readonly ParsedFile[], context: MergeContext): Mapping {
  const dict = newMapping();
  for (const { file, documents } of parsed) {
    for (const document of documents) addDocument(dict, document, file, context);
  }
  return dict;
}

function addDocument(dict: Mapping, document: YamlDocument, file: string, context: MergeContext): void {
  const { variables, locations, onUnset } = context;
  const { value, directives, line } = document;
  if (!isMapping(value)) {
    throw new ConfigurationError("The Compose file is not a mapping", {
      location: { file, line },
      hint: "begin it with `services:`",
    });
  }
  interpolateTree(value, (name) => variables.get(name), locations, onUnset);
  applyExtends(value, file, directives, context);
  applyDirectives(dict, directives);
  const includedBy = [...context.includedBy, file];
  applyInclude(value, { ...context, includedBy }, mergeDocuments);
  layDocument(dict, value, context);
}
