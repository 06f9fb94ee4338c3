import { normalize, relative } from "node:path";
import { ConfigurationError } from "../errors.ts";
import type { Files } from "../stacks/stack.ts";
import type { TrackedFiles } from "../stacks/tracked_files.ts";
import { type Bounds, checkoutFiles, findReal } from "./checkout_files.ts";
import type { Commits } from "./commits.ts";
import { committedTree } from "./committed_tree.ts";
import { readCommittedFiles } from "./committed_files.ts";
import type { FileTree } from "./file_tree.ts";
import type { HeldFiles } from "./held_files.ts";
import type { IndexEntry } from "./git_index.ts";
import { BrokenStore, type ObjectStore } from "./object_store.ts";
import { trackedFiles } from "./tracked_files.ts";

export interface FilesAt {
  /** Full commit ID. */
  readonly commit: string;
  readonly files: Files;
  readonly tracked: TrackedFiles;
}

/** Commits, read without touching the working tree. It serves until the next sync. */
export interface HeadView {
  /** Full ID of the branch's commit. */
  readonly commit: string;
  /** The files as if a commit, by default the branch's own, were checked out at the checkout's path. */
  filesAt(commit?: string): Promise<FilesAt>;
}

export interface ViewInput {
  readonly root: string;
  readonly store: ObjectStore;
  readonly commits: Commits;
  /** What the working tree holds before this sync touches it. */
  readonly findHeld: () => Promise<HeldFiles>;
  readonly signal: AbortSignal;
}

/** Views of commits, each read once a sync, and one after the other: they share the place where a fetched pack is made. */
export class CommitViews {
  readonly #input: ViewInput;
  readonly #views = new Map<string, Promise<FilesAt>>();
  readonly #contents = new Map<string, Uint8Array>();
  readonly #read = new Set<string>();
  #held: HeldFiles | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(input: ViewInput) {
    this.#input = input;
  }

  /** Full IDs of the commits that were asked for. */
  get commits(): readonly string[] {
    return [...this.#read];
  }

  /** The working tree holds these files from now on. */
  hold(held: HeldFiles): void {
    this.#held = held;
    this.#views.clear();
  }

  of(id: string): Promise<FilesAt> {
    const known = this.#views.get(id);
    if (known !== undefined) return known;
    const begun = this.#last.then(() => this.#load(id));
    this.#last = begun.catch(() => this.#views.delete(id));
    this.#views.set(id, begun);
    return begun;
  }

  async #load(id: string): Promise<FilesAt> {
    const { commits, store, signal } = this.#input;
    signal.throwIfAborted();
    const commit = await commits.bring(id, signal);
    this.#read.add(commit);
    try {
      return await this.#view(commit);
    } catch (error) {
      if (!(error instanceof BrokenStore)) throw error;
      await commits.bringAnew(commit, signal);
      return await this.#view(commit);
    } finally {
      store.forget();
    }
  }

  async #view(commit: string): Promise<FilesAt> {
    const { root, store, signal } = this.#input;
    const held = this.#held ??= await this.#input.findHeld();
    const read = await readCommittedFiles({ root, store, held, contents: this.#contents, signal }, commit);
    const top = Deno.realPathSync(root);
    const tree = committedTree(top, read, () => this.#held ?? held);
    const entries = read.map(({ path, oid, mode }): IndexEntry => {
      const same = held.get(path);
      const stat = same?.oid === oid && same.mode === mode ? same.stat : undefined;
      return { path, oid, mode, ...(stat && { stat }) };
    });
    const bounds = { root: normalize(root), top, folders: new Set([top]) };
    return {
      commit,
      files: checkoutFiles(root, tree),
      tracked: trackedFiles(root, entries, (path) => findInside(bounds, path, tree)),
    };
  }
}

function findInside(bounds: Bounds, path: string, tree: FileTree): string | undefined {
  try {
    const found = findReal(bounds, path, tree);
    return found === undefined ? undefined : relative(bounds.top, found.path);
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}
