import { dirname, isAbsolute, join, normalize, resolve } from "node:path";
import { ConfigurationError, HomeportError } from "../errors.ts";
import type { Files } from "../stacks/stack.ts";
import { DISK, type FileTree } from "./file_tree.ts";

const MOST_LINKS = 40;

/**
 * The files below a folder, and nothing outside of it: a path that leads out, through `..` or a symlink, is refused. For one pass: what was
 * found is not looked for again.
 */
export function checkoutFiles(root: string, tree: FileTree = DISK): Files {
  const top = Deno.realPathSync(root);
  const bounds = { root: normalize(root), top, folders: new Set([top]) };
  const places = new Map<string, RealPlace | undefined>();
  const lists = new Map<string, readonly string[]>();
  const real = (path: string): RealPlace | undefined => {
    if (!places.has(path)) places.set(path, readable(path, () => findReal(bounds, path, tree)));
    return places.get(path);
  };
  return {
    read: (path) => {
      const found = real(path);
      return found === undefined ? undefined : readable(path, () => readFile(path, found, tree));
    },
    kind: (path) => real(path)?.kind,
    list: (path) => {
      const found = real(path);
      if (found?.kind !== "folder") return [];
      const known = lists.get(found.path);
      if (known !== undefined) return known;
      // Git's own folder is no part of what is checked out.
      const names = readable(path, () => tree.list(found.path)).filter((name) =>
        found.path !== top || name !== ".git"
      ).sort();
      lists.set(found.path, names);
      return names;
    },
  };
}

export interface Bounds {
  /** As it was given, for paths that come in. */
  readonly root: string;
  /** With its own symlinks resolved, for paths that symlinks lead to. */
  readonly top: string;
  /** Those that are known to be folders, and no symlinks. */
  readonly folders: Set<string>;
}

/** All symlinks resolved. */
export interface RealPlace {
  readonly path: string;
  readonly kind: "file" | "folder" | "other";
}

/** The place on disk; `undefined` when there is nothing. */
export function findReal(bounds: Bounds, path: string, tree: FileTree): RealPlace | undefined {
  const inside = insideOf(bounds.root, normalize(path));
  if (inside === undefined) throw leadsOut(path, normalize(path), bounds);
  let place = bounds.top;
  let kind: RealPlace["kind"] = "folder";
  let rest = inside.split("/").filter((part) => part !== "");
  for (let links = 0; rest.length > 0;) {
    const next = `${place}/${rest[0]}`;
    if (bounds.folders.has(next)) {
      place = next;
      kind = "folder";
      rest = rest.slice(1);
      continue;
    }
    const info = tree.find(next);
    if (info === undefined) {
      // What is missing now must not be outside either, where it could come to be.
      const missing = join(place, ...rest);
      if (insideOf(bounds.top, missing) === undefined) throw leadsOut(path, missing, bounds);
      return undefined;
    }
    rest = rest.slice(1);
    if (!info.isSymlink) {
      if (info.isDirectory) bounds.folders.add(next);
      place = next;
      kind = info.isFile ? "file" : info.isDirectory ? "folder" : "other";
      continue;
    }
    if (++links > MOST_LINKS) {
      throw new ConfigurationError(`${path} is a symlink that leads in a circle`, at(path));
    }
    const target = tree.readLink(next);
    const aim = isAbsolute(target) ? normalize(target) : resolve(dirname(next), target);
    const again = insideOf(bounds.top, aim) ?? insideOf(bounds.root, aim);
    if (again === undefined) throw leadsOut(path, aim, bounds);
    place = bounds.top;
    kind = "folder";
    rest = [...again.split("/").filter((part) => part !== ""), ...rest];
  }
  return { path: place, kind };
}

function readFile(path: string, { path: found, kind }: RealPlace, tree: FileTree): Uint8Array | undefined {
  if (kind === "folder") throw new ConfigurationError(`Cannot read ${path}: it is a folder`, at(path));
  if (kind === "other") throw new ConfigurationError(`Cannot read ${path}: it is no ordinary file`, at(path));
  return tree.read(found);
}

/** Both normalised. */
function insideOf(root: string, path: string): string | undefined {
  if (path === root) return "";
  const above = root.endsWith("/") ? root : `${root}/`;
  return path.startsWith(above) ? path.slice(above.length) : undefined;
}

function leadsOut(path: string, aim: string, { root }: Bounds): ConfigurationError {
  const where = path === aim ? "" : `: it leads to ${aim}`;
  return new ConfigurationError(`${path} is outside of the repository's folder ${root}${where}`, {
    ...at(path),
    hint: "keep every file that a stack uses inside the repository, or mount an absolute path of the host",
  });
}

function at(path: string): { readonly location: { readonly file: string } } {
  return { location: { file: path } };
}

function readable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    throw new HomeportError(`Cannot read ${path}: permission denied`, {
      ...at(path),
      hint: "let the user that runs Homeport read it",
      cause: error,
    });
  }
}
