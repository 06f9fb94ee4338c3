import { dirname, join, relative } from "node:path";
import type { CommitFile } from "./commit_tree.ts";
import { DISK, type FileTree } from "./file_tree.ts";
import type { HeldFiles } from "./held_files.ts";
import { RealFolders } from "./real_folders.ts";

export interface CommittedFile extends CommitFile {
  readonly content: Uint8Array;
}

/**
 * A working tree as if a commit were checked out: its files, and of the disk what Git does not track. `held`: what the last checkout
 * wrote, and the next one would delete.
 */
export function committedTree(
  /** Without symlinks. */
  top: string,
  files: readonly CommittedFile[],
  held: () => HeldFiles,
): FileTree {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const names = namesByFolder(files);
  const inside = (path: string) => relative(top, path);
  const find = (path: string): ReturnType<FileTree["find"]> => {
    const file = byPath.get(inside(path));
    if (file !== undefined) {
      const isSymlink = file.mode === "120000";
      return { isFile: !isSymlink, isSymlink, isDirectory: false };
    }
    return names.has(inside(path)) ? FOLDER : findUntracked(path);
  };
  const findUntracked = (path: string): ReturnType<FileTree["find"]> => {
    // A file of the commit, or a symlink on the disk, may stand where the path has a folder.
    if (foldersAbove(inside(path)).some((folder) => byPath.has(folder)) || !isReal(path)) return undefined;
    const info = DISK.find(path);
    if (info === undefined) return undefined;
    return (info.isDirectory ? staysBehind(path) : held().get(inside(path)) === undefined) ? info : undefined;
  };
  const isReal = (path: string) => new RealFolders(top).above(inside(path)).kind === "folder";
  /** A folder goes with the last file of Git's in it, unless something else is there. */
  const staysBehind = (folder: string): boolean => {
    // A container's folder may be closed to us.
    if (!held().hasBelow(inside(folder))) return true;
    return DISK.list(folder).some((name) => find(join(folder, name)) !== undefined);
  };
  const listDisk = (folder: string): readonly string[] =>
    isReal(folder) && DISK.find(folder)?.isDirectory === true ? DISK.list(folder) : [];
  return {
    find,
    readLink: (path) => {
      const file = byPath.get(inside(path));
      return file === undefined ? DISK.readLink(path) : new TextDecoder().decode(file.content);
    },
    read: (path) => byPath.get(inside(path))?.content ?? DISK.read(path),
    list: (path) => {
      const here = names.get(inside(path)) ?? new Set();
      const others = listDisk(path).filter((name) => !here.has(name) && find(join(path, name)) !== undefined);
      return [...here, ...others];
    },
  };
}

const FOLDER = { isFile: false, isSymlink: false, isDirectory: true };

/** Of every folder that has files, the top (empty) included. */
function namesByFolder(files: readonly CommitFile[]): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>([["", new Set()]]);
  for (const { path } of files) {
    for (let name = path; name !== ""; name = parent(name)) {
      const own = names.get(parent(name)) ?? new Set();
      names.set(parent(name), own.add(name.slice(parent(name).length).replace(/^\//, "")));
    }
  }
  return names;
}

function foldersAbove(path: string): string[] {
  const above: string[] = [];
  for (let folder = parent(path); folder !== ""; folder = parent(folder)) above.push(folder);
  return above;
}

function parent(path: string): string {
  const folder = dirname(path);
  return folder === "." ? "" : folder;
}
