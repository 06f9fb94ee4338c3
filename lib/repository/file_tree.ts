import { findOnDisk } from "./file_on_disk.ts";

/** Folders and files by absolute path, symlinks not followed. */
export interface FileTree {
  find(path: string): Pick<Deno.FileInfo, "isFile" | "isDirectory" | "isSymlink"> | undefined;
  /** Of a symlink. */
  readLink(path: string): string;
  /** Of a file. */
  read(path: string): Uint8Array;
  /** Names of a folder's entries, in any order. */
  list(path: string): readonly string[];
}

export const DISK: FileTree = {
  find: findOnDisk,
  readLink: (path) => Deno.readLinkSync(path),
  read: (path) => Deno.readFileSync(path),
  list: (path) => [...Deno.readDirSync(path)].map(({ name }) => name),
};
