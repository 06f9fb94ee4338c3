/** Makes the working tree what a comparison asks for. Every step can be repeated after a crash. */
import { dirname, join } from "node:path";
import type { CommitFile } from "./commit_tree.ts";
import type { Comparison } from "./compare_checkout.ts";
import { findOnDisk, statOf } from "./file_on_disk.ts";
import type { IndexEntry } from "./git_index.ts";
import type { ObjectStore } from "./object_store.ts";
import { RealFolders } from "./real_folders.ts";
import { writeAll } from "../files/write_all.ts";

export interface WriteInput {
  readonly root: string;
  /** A folder of ours on the same file system, where files are made before they are moved into place. */
  readonly scratch: string;
  readonly comparison: Comparison;
  readonly store: ObjectStore;
  readonly signal: AbortSignal;
}

/** Gives the entries of the whole commit, each with its stat. */
export async function writeCheckout(input: WriteInput): Promise<IndexEntry[]> {
  const { root, comparison, store, signal } = input;
  for (const path of comparison.deletes) deleteFile(root, path);
  for (const path of comparison.straySymlinks) Deno.removeSync(join(root, path));
  for (const file of comparison.modeChanges) changeMode(join(root, file.path), file);
  for (const file of comparison.writes) {
    signal.throwIfAborted();
    writeFile(input, file, await store.readAs("blob", file.oid));
  }
  return comparison.entries.map((entry) => {
    if (entry.stat !== undefined || entry.mode === "160000") return entry;
    const info = findOnDisk(join(root, entry.path));
    return info === undefined ? entry : { ...entry, stat: statOf(info, entry.mode) };
  });
}

/** Moved into place in one step: a container that mounts the file, or a crash, never sees half of it. */
function writeFile({ root, scratch }: WriteInput, file: CommitFile, content: Uint8Array): void {
  const target = join(root, file.path);
  Deno.mkdirSync(dirname(target), { recursive: true });
  clearEmptyFolders(target);
  const made = join(scratch, "file");
  makeFile(made, file, content);
  try {
    Deno.renameSync(made, target);
  } catch (error) {
    // Another file system is mounted below the checkout. The index does not yet vouch for this file, so half of it would be seen.
    if (!(error instanceof Error && "code" in error && error.code === "EXDEV")) throw error;
    if (findOnDisk(target) !== undefined) Deno.removeSync(target);
    makeFile(target, file, content);
  }
}

function makeFile(path: string, file: CommitFile, content: Uint8Array): void {
  if (findOnDisk(path) !== undefined) Deno.removeSync(path);
  if (file.mode === "120000") Deno.symlinkSync(new TextDecoder().decode(content), path);
  else {
    // Not writeFileSync: its mode is not subject to the process's umask.
    using opened = Deno.openSync(path, {
      write: true,
      createNew: true,
      mode: file.mode === "100755" ? 0o777 : 0o666,
    });
    writeAll(opened, content);
  }
}

/** Whoever may read the file may execute it, or nobody may. */
function changeMode(path: string, file: CommitFile): void {
  const mode = findOnDisk(path)?.mode;
  if (mode === undefined || mode === null) return;
  Deno.chmodSync(path, file.mode === "100755" ? mode | ((mode & 0o444) >> 2) : mode & ~0o111);
}

/** Docker makes an empty folder where a file to be mounted is missing. The comparison has seen that nothing is in it. */
function clearEmptyFolders(path: string): void {
  if (findOnDisk(path)?.isDirectory !== true) return;
  for (const entry of Deno.readDirSync(path)) clearEmptyFolders(join(path, entry.name));
  Deno.removeSync(path);
}

function deleteFile(root: string, path: string): void {
  if (new RealFolders(root).above(path).kind !== "folder") return;
  const info = findOnDisk(join(root, path));
  if (info !== undefined && !info.isDirectory) Deno.removeSync(join(root, path));
  removeEmptyFolders(root, dirname(path));
}

function removeEmptyFolders(root: string, folder: string): void {
  for (let current = folder; current !== "."; current = dirname(current)) {
    if (!Deno.readDirSync(join(root, current))[Symbol.iterator]().next().done) return;
    Deno.removeSync(join(root, current));
  }
}
