import { join } from "node:path";
import { HomeportError } from "../errors.ts";
import { findCheckoutState } from "./checkout_state.ts";
import type { BrokenStore, ObjectStore } from "./object_store.ts";
import type { Remote, RemoteBranch } from "./remote.ts";

/** Where the branch stands. */
export interface Target {
  readonly commit: string;
  /** The pack that holds the commit. */
  readonly pack: string;
  /** `known`: its objects were here already. `stale`: so they were, and the remote cannot be reached. */
  readonly from: "fetched" | "known" | "stale";
  /** Why it is stale. */
  readonly unreachable?: HomeportError;
}

export type Offline = "allowed" | "refused" | "preferred";

interface Folders {
  readonly gitFolder: string;
  /** Where a pack is made before it is moved into the store. */
  readonly scratch: string;
}

/** One branch of a remote: its newest commit, brought into the store. */
export class Branch {
  readonly name: string;
  readonly #remote: Remote;
  readonly #store: ObjectStore;
  readonly #gitFolder: string;
  readonly #scratch: string;

  constructor(remote: Remote, name: string, store: ObjectStore, { gitFolder, scratch }: Folders) {
    this.name = name;
    this.#remote = remote;
    this.#store = store;
    this.#gitFolder = gitFolder;
    this.#scratch = scratch;
  }

  /** Asks the remote, and fetches what is new; `offline` says what serves where that cannot be. */
  async find(offline: Offline, signal: AbortSignal): Promise<Target> {
    const state = findCheckoutState(this.#gitFolder);
    const isOurs = state?.repository === this.#remote.name && state.branch === this.name;
    if (offline === "preferred" && isOurs) return { commit: state.commit, pack: state.pack, from: "known" };
    let branch: RemoteBranch;
    try {
      branch = await this.#remote.find(this.name, signal);
    } catch (error) {
      const unreachable = error instanceof HomeportError && error.consequence === "retry";
      if (!unreachable || offline === "refused" || !isOurs) throw error;
      return { commit: state.commit, pack: state.pack, from: "stale", unreachable: error };
    }
    if (state?.commit === branch.commit) return { commit: branch.commit, pack: state.pack, from: "known" };
    return await this.#fetch(branch, signal);
  }

  /** The branch may move on between the question and the fetch, and a server may then refuse the commit. */
  async #fetch(branch: RemoteBranch, signal: AbortSignal): Promise<Target> {
    try {
      return await this.#receive(branch, signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof HomeportError) || error.consequence !== "retry") throw error;
      const now = await this.#remote.find(this.name, signal);
      if (now.commit === branch.commit) throw error;
      return await this.#receive(now, signal);
    }
  }

  async #receive(branch: RemoteBranch, signal: AbortSignal): Promise<Target> {
    const packFile = join(this.#scratch, "incoming.pack");
    await branch.fetch(packFile, signal);
    return { commit: branch.commit, pack: await this.#store.adopt(packFile, branch.commit), from: "fetched" };
  }

  /** Begins a new object store in the place of one that lost something, or of what is damaged of it. */
  async mend(cause: BrokenStore, what: "damaged" | "all", signal: AbortSignal): Promise<Target> {
    try {
      const branch = await this.#remote.find(this.name, signal);
      const target = await this.#receive(branch, signal);
      if (what === "all") this.#store.keepOnly([], target.pack);
      else this.#store.dropDamaged();
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
}
