/** Reads a file that services are extended from. */
import { interpolateTree } from "./interpolate.ts";
import { layUncheckedDocument } from "./lay_document.ts";
import { linkedPath, readLinkedFile, relativeFolder } from "./linked_file.ts";
import type { MergeContext } from "./merge_context.ts";
import { applyDirectives } from "./reset.ts";
import { rebasePaths } from "./resolve_paths.ts";
import { problemAt, rootSpot, type Spot } from "./spot.ts";
import { isMapping, type Mapping, newMapping } from "./value.ts";
import type { YamlDocument } from "./yaml.ts";

export interface ExtendedFile {
  /** Absolute path. */
  readonly file: string;
  /** Their short forms long, their paths beginning from the extending file's folder. */
  readonly services: Mapping;
  readonly root: Spot;
  /** Those of the last document. */
  readonly directives: YamlDocument["directives"];
}

/** `written`: the path as it stands in `extends`. Its variables are the extending file's; `include` counts for nothing there. */
export function getExtendedFile(written: string, spot: Spot, context: MergeContext): ExtendedFile {
  const known = context.extended.get(written);
  if (known !== undefined) return known;
  const read = readExtendedFile(written, spot, context);
  context.extended.set(written, read);
  return read;
}

function readExtendedFile(written: string, spot: Spot, context: MergeContext): ExtendedFile {
  const { locations, variables, onUnset } = context;
  const file = linkedPath(written, spot, context);
  const dict = newMapping();
  let directives: YamlDocument["directives"] = [];
  for (const document of readLinkedFile(file, spot, context)) {
    if (!isMapping(document.value)) {
      throw problemAt(
        spot,
        `${file} is not a Compose file`,
        "mend `file`, or begin that file with `services:`",
      );
    }
    interpolateTree(document.value, (name) => variables.get(name), locations, onUnset);
    ({ directives } = document);
    applyDirectives(dict, directives);
    layUncheckedDocument(dict, document.value, context);
  }
  rebasePaths(dict, relativeFolder(written, context), context);
  const services = dict["services"];
  if (!isMapping(services)) throw problemAt(spot, `${file} has no services`, "mend `file`");
  return { file, services, root: rootSpot(locations, dict, "services"), directives };
}
