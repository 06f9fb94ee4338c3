/** Brings the working tree to a commit, or to parts of several, from whatever state it is in. */
import { join } from "node:path";
import { replaceFile } from "../files/replace_file.ts";
import { type CheckoutState, findCheckoutState, sameTree, writeCheckoutState } from "./checkout_state.ts";
import type { CommitFile } from "./commit_tree.ts";
import { compareCheckout, type Comparison, type KnownFile } from "./compare_checkout.ts";
import { findOnDisk } from "./file_on_disk.ts";
import { writeGitFiles } from "./git_files.ts";
import { decodeIndex, encodeIndex, type Index, type IndexEntry } from "./git_index.ts";
import { BrokenStore, type ObjectStore } from "./object_store.ts";
import { listPinned } from "./pinned_tree.ts";
import { writeCheckout } from "./write_checkout.ts";

export interface CheckoutInput {
  /** The working tree; `.git` is in it. */
  readonly root: string;
  readonly gitFolder: string;
  readonly scratch: string;
  readonly store: ObjectStore;
  readonly target: Pick<CheckoutState, "repository" | "branch" | "commit" | "pins" | "pack">;
  readonly signal: AbortSignal;
}

export interface Checkout {
  readonly entries: readonly IndexEntry[];
  readonly discarded: readonly string[];
}

/**
 * The order makes a crash harmless. First the index comes to list everything that is about to be touched, without vouching for it; then
 * the files change; last, an index that vouches for all of them is written, and the state says that it is complete.
 */
export async function checkOut(input: CheckoutInput): Promise<Checkout> {
  const { root, target, store, signal } = input;
  const last = await recall(input);
  const unchanged = last.trusted && last.state?.complete === true && sameTree(last.state, target);
  const files: readonly CommitFile[] = unchanged ? last.entries : await listPinned(store, target, signal);
  const comparison = compareCheckout({ root, files, known: last.known, knownSince: last.indexWritten });
  const unsaid = last.state?.complete === false ? last.state.discarded : [];
  const discarded = [...new Set([...unsaid, ...comparison.discarded])].sort();
  const work = hasWork(comparison);
  if (work) save(input, unsettled(comparison, last.known), { complete: false, discarded });
  const entries = work ? await writeCheckout({ ...input, comparison }) : comparison.entries;
  if (work || comparison.learned || !unchanged || !sameTarget(last.state, target)) {
    writeGitFiles(input.gitFolder, target.branch, target.commit);
    save(input, entries, { complete: true, discarded: [] });
  }
  return { entries, discarded };
}

interface Memory {
  readonly state: CheckoutState | undefined;
  /** The index is the one that the state speaks of. */
  readonly trusted: boolean;
  readonly entries: readonly IndexEntry[];
  readonly known: ReadonlyMap<string, KnownFile>;
  readonly indexWritten: number;
}

export async function recall(
  { gitFolder, store, signal }: Pick<CheckoutInput, "gitFolder" | "store" | "signal">,
): Promise<Memory> {
  const state = findCheckoutState(gitFolder);
  const path = join(gitFolder, "index");
  const indexWritten = findOnDisk(path)?.mtime?.getTime() ?? 0;
  const index = readIndex(path);
  const trusted = state !== undefined && index?.checksum === state.index;
  if (trusted) {
    return {
      state,
      trusted,
      entries: index.entries,
      indexWritten,
      known: knownFrom(index.entries, state.complete),
    };
  }
  return {
    state,
    trusted,
    entries: [],
    indexWritten,
    known: await knownFromCommit(state, index, store, signal),
  };
}

function readIndex(path: string): Index | undefined {
  return findOnDisk(path)?.isFile === true ? decodeIndex(Deno.readFileSync(path)) : undefined;
}

/** In a checkout that was cut short, only the files that it had no need to touch are known. */
function knownFrom(entries: readonly IndexEntry[], complete: boolean): Map<string, KnownFile> {
  return new Map(
    entries.map((entry) => [entry.path, { ...entry, settled: complete || entry.stat !== undefined }]),
  );
}

/** Somebody else wrote the index, or it is lost. The commits that were checked out still say which files are ours. */
async function knownFromCommit(
  state: CheckoutState | undefined,
  index: Index | undefined,
  store: ObjectStore,
  signal: AbortSignal,
): Promise<Map<string, KnownFile>> {
  if (state === undefined) return new Map();
  try {
    const files = await listPinned(store, state, signal);
    return new Map(files.map((file) => [file.path, { ...file, settled: state.complete }]));
  } catch (error) {
    if (!(error instanceof BrokenStore)) throw error;
    return new Map(
      (index?.entries ?? []).map(({ path, oid, mode }) => [path, { path, oid, mode, settled: false }]),
    );
  }
}

function hasWork({ writes, modeChanges, deletes, straySymlinks }: Comparison): boolean {
  return [writes, modeChanges, deletes, straySymlinks].some((list) => list.length > 0);
}

/** Every file that the old or the new checkout has, with stats for those alone that stay as they are. */
function unsettled(comparison: Comparison, known: ReadonlyMap<string, KnownFile>): IndexEntry[] {
  const deletes = comparison.deletes.map((path) => known.get(path)).filter((file) => file !== undefined);
  return [...comparison.entries, ...deletes.map(({ path, oid, mode }) => ({ path, oid, mode }))];
}

function save(
  { gitFolder, target }: CheckoutInput,
  entries: readonly IndexEntry[],
  progress: Pick<CheckoutState, "complete" | "discarded">,
): void {
  const { bytes, checksum } = encodeIndex(entries);
  replaceFile(join(gitFolder, "index"), bytes);
  writeCheckoutState(gitFolder, { ...target, index: checksum, ...progress });
}

function sameTarget(state: CheckoutState | undefined, target: CheckoutInput["target"]): boolean {
  return state?.repository === target.repository && state.branch === target.branch &&
    state.pack === target.pack;
}
