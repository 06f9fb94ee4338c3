import { join } from "node:path";
import { HomeportError } from "../errors.ts";
import { removeIfThere } from "../files/remove_if_there.ts";
import type { TrackedFiles } from "../stacks/tracked_files.ts";
import { Branch, type Offline, type Target } from "./branch.ts";
import { type Checkout, checkOut, recall } from "./checkout.ts";
import { findCheckoutState } from "./checkout_state.ts";
import { Commits } from "./commits.ts";
import { diskFailure } from "./disk_failure.ts";
import { describeCommit } from "./commit_tree.ts";
import { CommitViews, type HeadView } from "./head_view.ts";
import { HeldFiles } from "./held_files.ts";
import { keepCommits } from "./kept_commits.ts";
import { BrokenStore, ObjectStore } from "./object_store.ts";
import { checkedPins, type Pin } from "./pins.ts";
import type { Remote } from "./remote.ts";
import { trackedFiles } from "./tracked_files.ts";
import { findOddFiles, type OddFile } from "./odd_files.ts";

export interface SyncOptions {
  /** With `allowed`, an unreachable remote gives the last checkout; with `preferred`, it is only asked where there is none. */
  readonly offline: Offline;
  readonly signal: AbortSignal;
  /** Which folders are to be held at other commits; absent: none. Asked before the working tree is touched. */
  readonly pins?: ((head: HeadView) => Promise<readonly Pin[]>) | undefined;
  /** Commits whose objects stay, though the branch has moved on. */
  readonly keep?: readonly string[] | undefined;
}

/** A commit, checked out. */
export interface GitSnapshot {
  /** Full commit ID. */
  readonly commit: string;
  readonly branch: string;
  /** Absolute path of the checkout; always the same one. */
  readonly folder: string;
  /** Paths, relative to the checkout, whose local edits were discarded; sorted. */
  readonly discarded: readonly string[];
  /** The remote could not be reached, and this is the last checkout. */
  readonly stale: boolean;
  /** Why it could not be reached. */
  readonly unreachable?: HomeportError;
  readonly tracked: TrackedFiles;
  /** Sorted by path. */
  readonly pins: readonly Pin[];
  readonly head: HeadView;
  /** Files of the commit that are not what they seem: submodules, which are not followed, and Git LFS pointers. */
  readonly odd: readonly OddFile[];
  /** Who made the commit, and the first line of its message. */
  readonly describeCommit: () => Promise<{ readonly author: string; readonly subject: string }>;
}

interface Brought {
  readonly target: Target;
  readonly pins: readonly Pin[];
  readonly checkout: Checkout;
}

/** One branch of a remote, and its checkout in the data folder. Only one process may work in a data folder at a time. */
export class GitRepository {
  readonly #remote: Remote;
  readonly #branch: Branch;
  readonly #dataDir: string;
  readonly #root: string;
  readonly #gitFolder: string;
  /** Where files are made before they are moved into place; what is in it when a pass begins was left by one that died. */
  readonly #scratch: string;
  readonly #store: ObjectStore;
  readonly #commits: Commits;

  constructor(remote: Remote, branch: string, dataDir: string) {
    this.#remote = remote;
    this.#dataDir = dataDir;
    this.#root = join(dataDir, "checkout");
    this.#gitFolder = join(this.#root, ".git");
    this.#scratch = join(this.#gitFolder, "homeport-scratch");
    this.#store = new ObjectStore(this.#gitFolder);
    this.#branch = new Branch(remote, branch, this.#store, {
      gitFolder: this.#gitFolder,
      scratch: this.#scratch,
    });
    this.#commits = new Commits(remote, this.#store, this.#scratch);
  }

  /** Absolute path of the checkout, which need not be there yet. */
  get folder(): string {
    return this.#root;
  }

  /** Full ID of the remote branch's commit, without fetching it. */
  async findTip(signal: AbortSignal): Promise<string> {
    return (await this.#remote.find(this.#branch.name, signal)).commit;
  }

  /** Brings the checkout to the remote's branch: discards local edits of tracked files, and leaves untracked files alone. */
  async sync(options: SyncOptions): Promise<GitSnapshot> {
    const { signal, keep = [] } = options;
    return await this.#explained(async () => {
      signal.throwIfAborted();
      this.#prepareFolders();
      const views = this.#views(signal);
      const { target, pins, checkout } = await this.#bring(options, views);
      views.hold(new HeldFiles(checkout.entries));
      const others = [...pins.map(({ commit }) => commit), ...keep, ...views.commits];
      keepCommits({ gitFolder: this.#gitFolder, store: this.#store, target, others });
      return {
        commit: target.commit,
        branch: this.#branch.name,
        folder: this.#root,
        discarded: checkout.discarded,
        stale: target.from === "stale",
        ...(target.unreachable && { unreachable: target.unreachable }),
        tracked: trackedFiles(this.#root, checkout.entries),
        pins,
        head: this.#headView(target, views),
        odd: findOddFiles(this.#root, checkout.entries),
        describeCommit: () => this.#describe(target.commit),
      };
    });
  }

  async #explained<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw diskFailure(error, this.#dataDir) ?? incompleteFetch(error, this.#remote.name) ?? error;
    } finally {
      this.#store.forget();
    }
  }

  #prepareFolders(): void {
    removeIfThere(this.#scratch);
    Deno.mkdirSync(this.#scratch, { recursive: true });
    Deno.mkdirSync(join(this.#gitFolder, "objects", "pack"), { recursive: true });
  }

  async #bring(options: SyncOptions, views: CommitViews): Promise<Brought> {
    const { offline, signal, pins: askPins, keep = [] } = options;
    let target = await this.#branch.find(offline, signal);
    const worthKeeping = askPins !== undefined || keep.length > 0;
    for (let mended = 0;; mended++) {
      try {
        const pins = askPins === undefined
          ? []
          : await this.#findPins(askPins, target, views, options, mended > 0);
        return { target, pins, checkout: await this.#checkOut({ ...target, pins }, signal) };
      } catch (error) {
        if (!(error instanceof BrokenStore) || mended === (worthKeeping ? 2 : 1)) throw error;
        // At first what seems whole stays: the remote may not have it any more.
        target = await this.#branch.mend(error, worthKeeping && mended === 0 ? "damaged" : "all", signal);
      }
    }
  }

  async #findPins(
    ask: NonNullable<SyncOptions["pins"]>,
    target: Target,
    views: CommitViews,
    { signal }: SyncOptions,
    mended: boolean,
  ): Promise<Pin[]> {
    const state = findCheckoutState(this.#gitFolder);
    const pins: Pin[] = [];
    for (const { path, commit } of await ask(this.#headView(target, views))) {
      // What is checked out already may need no objects at all.
      const held = !mended && state?.pins.some((pin) => pin.commit === commit);
      pins.push({ path, commit: held ? commit : await this.#commits.bring(commit, signal) });
    }
    return checkedPins(pins);
  }

  #views(signal: AbortSignal): CommitViews {
    const gitFolder = this.#gitFolder;
    const store = this.#store;
    const findHeld = async () => new HeldFiles((await recall({ gitFolder, store, signal })).known.values());
    return new CommitViews({ root: this.#root, store, commits: this.#commits, findHeld, signal });
  }

  #headView({ commit: head }: Target, views: CommitViews): HeadView {
    return {
      commit: head,
      filesAt: (commit = head) => this.#explained(() => views.of(commit)),
    };
  }

  async #describe(commit: string): ReturnType<typeof describeCommit> {
    try {
      return await describeCommit(this.#store, commit);
    } finally {
      this.#store.forget();
    }
  }

  #checkOut(
    { commit, pack, pins }: Target & { readonly pins: readonly Pin[] },
    signal: AbortSignal,
  ): Promise<Checkout> {
    const target = { commit, pins, pack, repository: this.#remote.name, branch: this.#branch.name };
    return checkOut({
      root: this.#root,
      gitFolder: this.#gitFolder,
      scratch: this.#scratch,
      store: this.#store,
      target,
      signal,
    });
  }
}

/** What came in, or what was there, lacks something, and there is no other place to have it from. */
function incompleteFetch(error: unknown, repository: string): HomeportError | undefined {
  if (!(error instanceof BrokenStore)) return undefined;
  return new HomeportError(`Cannot fetch from ${repository}: what came in is not whole: ${error.message}`, {
    consequence: "retry",
    hint: "try again; if it stays, check the repository on the server with `git fsck`",
    cause: error,
  });
}
