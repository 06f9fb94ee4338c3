/** `include`: other Compose files as models of their own, whose resources join those of the including file. */
import { posix } from "node:path";
import { setDefaults } from "./defaults.ts";
import { parseDotenv } from "./dotenv.ts";
import { importResources } from "./import_resources.ts";
import { fillIncluded } from "./included_environment.ts";
import { type IncludeEntry, readIncludeEntry } from "./include_entry.ts";
import { linkedPath, readLinkedFile, readLinkedText, relativeFolder } from "./linked_file.ts";
import type { MergeContext } from "./merge_context.ts";
import type { ParsedFile } from "./merge_files.ts";
import { insideRepository, rebasePaths } from "./resolve_paths.ts";
import { mustBe, problemAt, rootSpot, type Spot, spotIn } from "./spot.ts";
import type { Mapping } from "./value.ts";

type MergeDocuments = (parsed: readonly ParsedFile[], context: MergeContext) => Mapping;

/** Far more than people include; files that include each other in many ways would never end. */
const MAX_INCLUDES = 500;
const MAX_DEPTH = 50;

/** Changes `document`. `context`: the including file is the last of `includedBy`. */
export function applyInclude(document: Mapping, context: MergeContext, merge: MergeDocuments): void {
  const list = document["include"];
  const spot = rootSpot(context.locations, document, "include");
  if (list !== undefined && list !== null) {
    if (!Array.isArray(list)) throw mustBe(spot, list, "a list");
    list.forEach((item, index) => {
      const place = spotIn(spot, list, index);
      const entry = readIncludeEntry(item, place);
      if (entry === undefined) return;
      importResources(loadIncluded(entry, place, context, merge), document, context.locations);
    });
  }
  delete document["include"];
}

function loadIncluded(
  entry: IncludeEntry,
  spot: Spot,
  outer: MergeContext,
  merge: MergeDocuments,
): Mapping {
  countInclude(spot, outer);
  const paths = entry.paths.map((path) => linkedPath(path.text, path.spot, outer));
  refuseCycle(paths[0], spot, outer);
  const { workingDir, searchFolder } = foldersOf(entry, paths[0], outer);
  const parsed = paths.map((file, index) => ({
    file,
    documents: readLinkedFile(file, entry.paths[index]!.spot, outer),
  }));
  const variables = variablesOf(entry, searchFolder, spot, outer);
  const context: MergeContext = { ...outer, workingDir, searchFolder, variables, extended: new Map() };
  const model = merge(parsed, context);
  setDefaults(model, context.locations);
  rebasePaths(model, workingDir, context);
  fillIncluded(model, context);
  return model;
}

function countInclude(spot: Spot, { included, includedBy }: MergeContext): void {
  if (++included.count <= MAX_INCLUDES && includedBy.length <= MAX_DEPTH) return;
  throw problemAt(spot, "Too many files are included", "look whether files include each other in a circle");
}

function refuseCycle(path: string | undefined, spot: Spot, { includedBy }: MergeContext): void {
  if (path === undefined || !includedBy.includes(path)) return;
  const cycle = [...includedBy.slice(includedBy.indexOf(path)), path];
  throw problemAt(spot, `Files include each other: ${cycle.join(" → ")}`, "remove one of the includes");
}

type Folders = Pick<MergeContext, "workingDir" | "searchFolder">;

/** The first file is the main one: without `project_directory`, paths begin from its folder. */
function foldersOf(
  { projectDirectory }: IncludeEntry,
  main: string | undefined,
  outer: MergeContext,
): Folders {
  if (main === undefined) return { workingDir: ".", searchFolder: outer.searchFolder };
  if (projectDirectory === undefined) {
    return { workingDir: relativeFolder(main, outer), searchFolder: posix.dirname(main) };
  }
  if (posix.isAbsolute(projectDirectory)) {
    return { workingDir: projectDirectory, searchFolder: projectDirectory };
  }
  return {
    workingDir: relativeFolder(projectDirectory, outer),
    searchFolder: posix.join(fromCall(outer), projectDirectory),
  };
}

/** As the reference has it: relative to where it is called. It makes no difference but in an include within an include within one. */
function fromCall({ callFolder, workingDir }: MergeContext): string {
  return posix.resolve(callFolder, workingDir);
}

/** What the including file sees wins over the env files. */
function variablesOf(
  entry: IncludeEntry,
  folder: string,
  spot: Spot,
  outer: MergeContext,
): ReadonlyMap<string, string> {
  const read = new Map<string, string>();
  for (const file of envFilesOf(entry, folder, spot, outer)) {
    const lookup = (name: string) => outer.variables.get(name);
    parseDotenv(readLinkedText(file.path, file.spot, outer), file.path, lookup, {
      into: read,
      onUnset: (name, line) => outer.onUnset(name, { file: file.path, line }),
    });
  }
  return new Map([...read, ...outer.variables]);
}

function envFilesOf(entry: IncludeEntry, folder: string, spot: Spot, outer: MergeContext) {
  if (entry.envFiles.length > 0) {
    return entry.envFiles.map(({ text, spot: place }) => ({
      path: posix.resolve(fromCall(outer), text),
      spot: place,
    }));
  }
  const path = posix.join(folder, ".env");
  const kind = insideRepository(spot, path, () => outer.files.kind(path));
  return kind === "file" ? [{ path, spot }] : [];
}
