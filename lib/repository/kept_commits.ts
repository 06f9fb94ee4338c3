/** The commits beside the branch's own whose objects stay in the store. */
import { join } from "node:path";
import { replaceFile } from "../files/replace_file.ts";
import { findOnDisk } from "./file_on_disk.ts";
import type { ObjectStore } from "./object_store.ts";

export interface KeepInput {
  readonly gitFolder: string;
  readonly store: ObjectStore;
  readonly target: {
    readonly commit: string;
    readonly pack: string;
    readonly from: "fetched" | "known" | "stale";
  };
  /** Those that are not here are none. */
  readonly others: readonly string[];
}

const REFS = "refs/homeport";

/** Drops the objects of all other commits. Refs come before, and go before, the objects that they stand for. */
export function keepCommits({ gitFolder, store, target, others }: KeepInput): void {
  const packs = store.packs.names();
  if (target.from !== "fetched" && packs.length <= 1 && others.length === 0) return;
  const kept = [...new Set(others)].filter((commit) => commit !== target.commit && store.packs.holds(commit));
  writeRefs(gitFolder, kept);
  replaceIfOther(join(gitFolder, "shallow"), [target.commit, ...kept].map((each) => `${each}\n`).join(""));
  // Somebody packed it anew otherwise: then nobody knows which pack holds what.
  if (packs.includes(target.pack)) store.keepOnly([target.commit, ...kept], target.pack);
}

/** So that neither a person's `git gc` drops them, nor `git fsck` takes their missing parents for a fault. */
function writeRefs(gitFolder: string, commits: readonly string[]): void {
  const folder = join(gitFolder, REFS);
  if (commits.length === 0 && findOnDisk(folder) === undefined) return;
  Deno.mkdirSync(folder, { recursive: true });
  for (const { name } of Deno.readDirSync(folder)) {
    if (!commits.includes(name)) Deno.removeSync(join(folder, name), { recursive: true });
  }
  for (const commit of commits) replaceIfOther(join(folder, commit), `${commit}\n`);
}

function replaceIfOther(path: string, text: string): void {
  if (findOnDisk(path)?.isFile === true && Deno.readTextFileSync(path) === text) return;
  replaceFile(path, text);
}
