import { join } from "node:path";
import { HomeportError } from "../errors.ts";
import type { Files } from "../stacks/stack.ts";
import type { TrackedFiles } from "../stacks/tracked_files.ts";
import { type Checkout, checkOut } from "./checkout.ts";
import { findCheckoutState } from "./checkout_state.ts";
import { diskFailure } from "./disk_failure.ts";
import { describeCommit } from "./commit_tree.ts";
import { BrokenStore, ObjectStore } from "./object_store.ts";
import type { Remote, RemoteBranch } from "./remote.ts";
import { trackedFiles } from "./tracked_files.ts";
import { findOddFiles, type OddFile } from "./odd_files.ts";

/** A folder that is checked out as another commit has it. */
export interface Pin {
  /** Relative to the repository's top, `/`-separated. */
  readonly path: string;
  /** Full commit ID; an abbreviated one serves where the commit is here. */
  readonly commit: string;
}

export interface FilesAt {
  /** Full commit ID. */
  readonly commit: string;
  readonly files: Files;
  readonly tracked: TrackedFiles;
}

/** Commits, read without touching the working tree. */
export interface HeadView {
  readonly commit: string;
  /** The files as if a commit, by default the branch's own, were checked out at the checkout's path. */
  filesAt(commit?: string): Promise<FilesAt>;
}

export interface SyncOptions {
  /** With `allowed`, an unreachable remote gives the last checkout; with `preferred`, it is only asked where there is none. */
  readonly offline: "allowed" | "refused" | "preferred";
  readonly signal: AbortSignal;
  readonly pins?: ((head: HeadView) => Promise<readonly Pin[]>) | undefined;
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
  readonly pins: readonly Pin[];
  readonly head: HeadView;
  /** Files of the commit that are not what they seem: submodules, which are not followed, and Git LFS pointers. */
  readonly odd: readonly OddFile[];
  /** Who made the commit, and the first line of its message. */
  readonly describeCommit: () => Promise<{ readonly author: string; readonly subject: string }>;
}

interface Target {
  readonly commit: string;
  /** The pack that holds the commit. */
  readonly pack: string;
  /** `known`: its objects were here already. `stale`: so they were, and the remote cannot be reached. */
  readonly from: "fetched" | "known" | "stale";
  /** Why it is stale. */
  readonly unreachable?: HomeportError;
}

/** One branch of a remote, and its checkout in the data folder. Only one process may work in a data folder at a time. */
export class GitRepository {
  readonly #remote: Remote;
  readonly #branch: string;
  readonly #dataDir: string;
  readonly #root: string;
  readonly #gitFolder: string;
  /** Where files are made before they are moved into place; what is in it when a pass begins was left by one that died. */
  readonly #scratch: string;
  readonly #store: ObjectStore;

  constructor(remote: Remote, branch: string, dataDir: string) {
    this.#remote = remote;
    this.#branch = branch;
    this.#dataDir = dataDir;
    this.#root = join(dataDir, "checkout");
    this.#gitFolder = join(this.#root, ".git");
    this.#scratch = join(this.#gitFolder, "homeport-scratch");
    this.#store = new ObjectStore(this.#gitFolder);
  }

  /** Brings the checkout to the remote's branch: discards local edits of tracked files, and leaves untracked files alone. */
  async sync({ offline, signal }: SyncOptions): Promise<GitSnapshot> {
    try {
      signal.throwIfAborted();
      this.#prepareFolders();
      const { target, checkout } = await this.#bring(offline, signal);
      if (target.from === "fetched") this.#store.keepOnly(target.pack);
      return {
        commit: target.commit,
        branch: this.#branch,
        folder: this.#root,
        discarded: checkout.discarded,
        stale: target.from === "stale",
        ...(target.unreachable && { unreachable: target.unreachable }),
        tracked: trackedFiles(this.#root, checkout.entries),
        pins: [],
        head: { commit: target.commit, filesAt: () => Promise.reject(new HomeportError("not yet")) },
        odd: findOddFiles(this.#root, checkout.entries),
        describeCommit: () => this.#describe(target.commit),
      };
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

  async #bring(
    offline: SyncOptions["offline"],
    signal: AbortSignal,
  ): Promise<{ target: Target; checkout: Checkout }> {
    const target = await this.#findTarget(offline, signal);
    try {
      return { target, checkout: await this.#checkOut(target, signal) };
    } catch (error) {
      if (!(error instanceof BrokenStore)) throw error;
      const mended = await this.#mend(error, signal);
      return { target: mended, checkout: await this.#checkOut(mended, signal) };
    }
  }

  async #findTarget(offline: SyncOptions["offline"], signal: AbortSignal): Promise<Target> {
    const state = findCheckoutState(this.#gitFolder);
    const isOurs = state?.repository === this.#remote.name && state.branch === this.#branch;
    if (offline === "preferred" && isOurs) return { commit: state.commit, pack: state.pack, from: "known" };
    let branch: RemoteBranch;
    try {
      branch = await this.#remote.find(this.#branch, signal);
    } catch (error) {
      const unreachable = error instanceof HomeportError && error.consequence === "retry";
      if (!unreachable || offline === "refused" || !isOurs) throw error;
      return { commit: state.commit, pack: state.pack, from: "stale", unreachable: error };
    }
    if (state?.commit === branch.commit) return { commit: branch.commit, pack: state.pack, from: "known" };
    return await this.#fetch(branch, signal);
  }

  async #describe(commit: string): ReturnType<typeof describeCommit> {
    try {
      return await describeCommit(this.#store, commit);
    } finally {
      this.#store.forget();
    }
  }

  /** The branch may move on between the question and the fetch, and a server may then refuse the commit. */
  async #fetch(branch: RemoteBranch, signal: AbortSignal): Promise<Target> {
    try {
      return await this.#receive(branch, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof HomeportError) || error.consequence !== "retry") throw error;
      const now = await this.#remote.find(this.#branch, signal);
      if (now.commit === branch.commit) throw error;
      return await this.#receive(now, signal);
    }
  }

  async #receive(branch: RemoteBranch, signal: AbortSignal): Promise<Target> {
    const packFile = join(this.#scratch, "incoming.pack");
    await branch.fetch(packFile, signal);
    return { commit: branch.commit, pack: await this.#store.adopt(packFile, branch.commit), from: "fetched" };
  }

  /** Begins a new object store in the place of one that lost something. */
  async #mend(cause: BrokenStore, signal: AbortSignal): Promise<Target> {
    try {
      const branch = await this.#remote.find(this.#branch, signal);
      const target = await this.#receive(branch, signal);
      this.#store.keepOnly(target.pack);
      return target;
    } catch (error) {
      signal.throwIfAborted();
      throw new HomeportError(
        `The copy of the repository in ${this.#gitFolder} is damaged (${cause.message}), and cannot be fetched anew`,
        {
          consequence: "retry",
          hint: error instanceof HomeportError
            ? `${error.message}${error.hint === undefined ? "" : `: ${error.hint}`}`
            : undefined,
          cause: error,
        },
      );
    }
  }

  #checkOut({ commit, pack }: Target, signal: AbortSignal): Promise<Checkout> {
    const target = { commit, pack, repository: this.#remote.name, branch: this.#branch };
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

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
