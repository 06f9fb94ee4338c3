import { dirname } from "node:path";
import { HomeportError } from "../errors.ts";
import { type CommitFile, listCommit } from "./commit_tree.ts";
import type { ObjectStore } from "./object_store.ts";
import { type Pin, pinOf } from "./pins.ts";

/** Every file of a commit, but below the pinned folders those of the pins' commits. */
export async function listPinned(
  store: ObjectStore,
  { commit, pins }: { readonly commit: string; readonly pins: readonly Pin[] },
  signal: AbortSignal,
): Promise<CommitFile[]> {
  const files = await listCommit(store, commit, signal);
  if (pins.length === 0) return files;
  const others = files.filter(({ path }) => pinOf(pins, path) === undefined);
  const pinned: CommitFile[] = [];
  for (const each of new Set(pins.map((pin) => pin.commit))) {
    const old = await listCommit(store, each, signal);
    const own = pins.filter((pin) => pin.commit === each);
    for (const pin of own) requireFolder(pin, old);
    pinned.push(...old.filter(({ path }) => own.includes(pinOf(pins, path)!)));
  }
  refuseCollision(others, pinned, commit);
  return [...others, ...pinned];
}

/** An empty folder would look like a stack that is to go. */
function requireFolder({ path, commit }: Pin, files: readonly CommitFile[]): void {
  if (files.some((file) => file.path === path || file.path.startsWith(`${path}/`))) return;
  throw new HomeportError(`Cannot hold ${path} at commit ${commit}: that commit has no such folder`, {
    hint: `choose a commit that has it: \`git log -- ${path}\` lists them`,
  });
}

/** Whoever made a file, a symlink or a submodule of the folder around a pinned one has to decide. */
function refuseCollision(
  others: readonly CommitFile[],
  pinned: readonly CommitFile[],
  commit: string,
): void {
  const taken = new Set(others.map(({ path }) => path));
  for (const { path } of pinned) {
    for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
      if (!taken.has(folder)) continue;
      throw new HomeportError(
        `Cannot hold ${path} at an older commit: ${folder} is no folder any more in commit ${commit}`,
        { hint: `let the folder follow the branch again, or make ${folder} a folder in the repository` },
      );
    }
  }
}
