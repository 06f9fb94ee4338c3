import { createHash } from "node:crypto";
import { join } from "node:path";
import { listCommit } from "./commit_tree.ts";
import type { CommittedFile } from "./committed_tree.ts";
import { findOnDisk, modeOnDisk } from "./file_on_disk.ts";
import type { HeldFiles } from "./held_files.ts";
import type { ObjectStore } from "./object_store.ts";
import { RealFolders } from "./real_folders.ts";

export interface ReadInput {
  /** The working tree. */
  readonly root: string;
  readonly store: ObjectStore;
  /** What the working tree is known to hold: spares reading the store, where it still does. */
  readonly held: HeldFiles;
  /** By object ID; what was read is added. */
  readonly contents: Map<string, Uint8Array>;
  readonly signal: AbortSignal;
}

/** Every file of a commit with its content. All of it is in memory: what becomes of the working tree does not matter to it. */
export async function readCommittedFiles(input: ReadInput, commit: string): Promise<CommittedFile[]> {
  const { root, store, held, contents, signal } = input;
  const folders = new RealFolders(root);
  const files: CommittedFile[] = [];
  for (const file of await listCommit(store, commit, signal)) {
    if (file.mode === "160000") continue;
    signal.throwIfAborted();
    const isHeld = held.get(file.path)?.oid === file.oid && folders.above(file.path).kind === "folder";
    const content = contents.get(file.oid) ??
      (isHeld ? findContentOnDisk(join(root, file.path), file.oid) : undefined) ??
      await store.readAs("blob", file.oid);
    contents.set(file.oid, content);
    files.push({ ...file, content });
  }
  return files;
}

/** `undefined` where somebody edited the file. */
function findContentOnDisk(path: string, oid: string): Uint8Array | undefined {
  const info = findOnDisk(path);
  if (info === undefined || modeOnDisk(info) === undefined) return undefined;
  const content = info.isSymlink
    ? new TextEncoder().encode(Deno.readLinkSync(path))
    : Deno.readFileSync(path);
  const found = createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
  return found === oid ? content : undefined;
}
