import { join, relative } from "node:path";
import type { TrackedFile, TrackedFiles } from "../stacks/tracked_files.ts";
import type { IndexEntry } from "./git_index.ts";

/**
 * What Git tracks in a checkout, from the index: no file is read. Submodules are left out: nothing of theirs is there. `findReal`: where
 * symlinks lead to, relative to the top; `undefined` when there is nothing, or when it is outside.
 */
export function trackedFiles(
  root: string,
  entries: readonly IndexEntry[],
  findReal: (path: string) => string | undefined = findRealOnDisk(root),
): TrackedFiles {
  const files = entries.filter(({ mode }) => mode !== "160000").map((entry) => ({
    inside: entry.path,
    file: describe(root, entry),
  }));
  files.sort((a, b) => compare(a.inside, b.inside));
  const below = (inside: string): TrackedFile[] => {
    if (inside === "") return files.map(({ file }) => file);
    const found: TrackedFile[] = [];
    for (let at = firstFrom(files, inside); at < files.length && files[at]!.inside.startsWith(inside); at++) {
      const rest = files[at]!.inside.slice(inside.length);
      if (rest === "" || rest.startsWith("/")) found.push(files[at]!.file);
    }
    return found;
  };
  return {
    filesBelow(path) {
      const literal = insideOf(root, path);
      if (literal === undefined) return [];
      const real = findReal(path);
      const found = new Map(
        [literal, ...(real === undefined ? [] : [real])].flatMap(below).map((file) => [file.path, file]),
      );
      return [...found.values()].sort((a, b) => compare(a.path, b.path));
    },
  };
}

function describe(root: string, { path, oid, mode, stat }: IndexEntry): TrackedFile {
  return { path: join(root, path), oid, mode, modified: Math.floor((stat?.modified ?? 0) / 1000) };
}

function findRealOnDisk(root: string): (path: string) => string | undefined {
  let top: string | undefined;
  return (path) => {
    try {
      return insideOf(top ??= Deno.realPathSync(root), Deno.realPathSync(path));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.FilesystemLoop) {
        return undefined;
      }
      throw error;
    }
  };
}

function insideOf(root: string, path: string): string | undefined {
  const inside = relative(root, path);
  return inside === ".." || inside.startsWith("../") || inside.startsWith("/") ? undefined : inside;
}

function firstFrom(files: readonly { readonly inside: string }[], inside: string): number {
  let low = 0;
  let high = files.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(files[middle]!.inside, inside) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** By code unit, so that everything below a folder stands together. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
