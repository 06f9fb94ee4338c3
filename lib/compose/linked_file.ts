/** The files that a Compose file names in `include` and `extends`. */
import { posix } from "node:path";
import { cleanPath } from "./clean_path.ts";
import { decodeYaml } from "./decode_yaml.ts";
import type { MergeContext } from "./merge_context.ts";
import { insideRepository } from "./resolve_paths.ts";
import { describe, problemAt, type Spot } from "./spot.ts";
import { decode } from "./variables.ts";
import { parseYaml, type YamlDocument } from "./yaml.ts";

/** Those of which `docker compose` would fetch a copy. */
const REMOTE = /^(?:oci|https?|ssh|git):|^git@|^github\.com\//;

/** Absolute. */
export function linkedPath(written: string, spot: Spot, { searchFolder }: MergeContext): string {
  if (REMOTE.test(written)) {
    throw problemAt(
      spot,
      `${describe(spot, written)} is not a file of the repository`,
      "remote files are not supported: copy the file into the repository",
    );
  }
  return cleanPath(posix.resolve(searchFolder, written));
}

/** The documents of the file at an absolute path; it counts as used. */
export function readLinkedFile(path: string, spot: Spot, context: MergeContext): readonly YamlDocument[] {
  return parseYaml(decodeYaml(readContent(path, spot, context), path), path, context.locations);
}

/** As an env file is read. */
export function readLinkedText(path: string, spot: Spot, context: MergeContext): string {
  return decode(readContent(path, spot, context));
}

function readContent(path: string, spot: Spot, { files, usedFiles }: MergeContext): Uint8Array {
  const content = insideRepository(
    spot,
    path,
    () => files.kind(path) === "file" ? files.read(path) : undefined,
  );
  if (content === undefined) {
    throw problemAt(spot, `There is no file ${path}`, "add the file, or mend its name");
  }
  if (!usedFiles.includes(path)) usedFiles.push(path);
  return content;
}

/** The folder at the path, or the one that its file is in; relative to where files are searched. */
export function relativeFolder(path: string, { searchFolder, files }: MergeContext): string {
  const absolute = posix.resolve(searchFolder, path);
  const folder = isFolder(absolute, files) ? absolute : posix.dirname(absolute);
  return posix.relative(searchFolder, folder) || ".";
}

function isFolder(path: string, files: MergeContext["files"]): boolean {
  try {
    return files.kind(path) === "folder";
  } catch {
    // Outside of the repository: what is read from there is refused where it is read.
    return false;
  }
}
