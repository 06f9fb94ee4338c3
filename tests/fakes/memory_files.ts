import { createHash } from "node:crypto";
import { posix } from "node:path";
import { ConfigurationError } from "../../lib/errors.ts";
import type { Files } from "../../lib/stacks/stack.ts";
import type { TrackedFiles } from "../../lib/stacks/tracked_files.ts";

/** A file's text, or a symlink's target. */
export type MemoryEntry = string | { readonly link: string };

/** Folders that exist though nothing is in them end with a slash. */
export type MemoryTree = Readonly<Record<string, MemoryEntry>>;

/**
 * A checkout in memory, by paths relative to its root.
 *
 * Symlinks are followed when the last part or any folder of a path is one; what leads out of the root is refused, as on disk.
 */
export function memoryFiles(root: string, tree: MemoryTree): Files {
  const entries = new Map(
    Object.entries(tree).map(([path, entry]) => [posix.join(root, path).replace(/\/$/, ""), entry]),
  );
  const folders = new Set([...entries.keys()].flatMap(ancestors));
  for (const path of Object.keys(tree)) {
    if (path.endsWith("/")) folders.add(posix.join(root, path).replace(/\/$/, ""));
  }
  const isFolder = (path: string) => path === root || folders.has(path);
  const resolve = (path: string): string => resolveLinks(path, root, entries);
  return {
    read(path) {
      const entry = entries.get(resolve(path));
      return typeof entry === "string" && !isFolder(resolve(path))
        ? new TextEncoder().encode(entry)
        : undefined;
    },
    kind(path) {
      const real = resolve(path);
      return isFolder(real) ? "folder" : entries.has(real) ? "file" : undefined;
    },
    list(path) {
      const real = resolve(path);
      const below = [...entries.keys(), ...folders].filter((each) =>
        posix.dirname(each) === real && each !== real
      );
      return [...new Set(below.map((each) => posix.basename(each)))].sort();
    },
  };
}

/** As Git lists them: every file of the tree is tracked. `modified`: seconds since 1970, by path; 0 for the others. */
export function memoryTrackedFiles(
  root: string,
  tree: MemoryTree,
  modified: Readonly<Record<string, number>> = {},
): TrackedFiles {
  const files = Object.entries(tree).filter(([path]) => !path.endsWith("/")).map(([path, entry]) => ({
    path: posix.join(root, path),
    oid: createHash("sha1").update(JSON.stringify(entry)).digest("hex"),
    mode: typeof entry === "string" ? "100644" : "120000",
    modified: modified[path] ?? 0,
  }));
  return {
    filesBelow: (path) =>
      files.filter((file) => file.path === path || file.path.startsWith(`${path}/`))
        .sort((one, other) => one.path < other.path ? -1 : 1),
  };
}

function resolveLinks(path: string, root: string, entries: ReadonlyMap<string, MemoryEntry>): string {
  const real = followLinks(path, entries);
  if (real !== root && !real.startsWith(`${root}/`)) {
    throw new ConfigurationError(`${path} leads to ${real}, outside of the repository`, {
      hint: "keep it inside",
    });
  }
  return real;
}

function followLinks(path: string, entries: ReadonlyMap<string, MemoryEntry>): string {
  return posix.normalize(path).split("/").filter((part) => part !== "").reduce((folder, part) => {
    const entry = entries.get(posix.join(folder, part));
    return typeof entry === "object"
      ? followLinks(posix.resolve(folder, entry.link), entries)
      : posix.join(folder, part);
  }, "/");
}

function ancestors(path: string): string[] {
  const parent = posix.dirname(path);
  return parent === path ? [] : [parent, ...ancestors(parent)];
}
