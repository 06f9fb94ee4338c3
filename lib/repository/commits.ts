import { join } from "node:path";
import { ConfigurationError, HomeportError } from "../errors.ts";
import { BrokenStore, type ObjectStore } from "./object_store.ts";
import type { Remote } from "./remote.ts";
import { notACommit } from "./remote_branches.ts";

const FULL = 40;
const SHORTEST = 4;

/** Commits by their ID: from the store, or else from the remote. */
export class Commits {
  readonly #remote: Remote;
  readonly #store: ObjectStore;
  readonly #scratch: string;

  constructor(remote: Remote, store: ObjectStore, scratch: string) {
    this.#remote = remote;
    this.#store = store;
    this.#scratch = scratch;
  }

  /** Gives the full ID of a commit whose objects are here from now on. */
  async bring(id: string, signal: AbortSignal): Promise<string> {
    const commit = await this.#resolve(id);
    if (!this.#store.packs.holds(commit)) await this.#fetch(commit, signal);
    try {
      await this.#requireCommit(commit);
    } catch (error) {
      if (!(error instanceof BrokenStore)) throw error;
      await this.bringAnew(commit, signal);
    }
    return commit;
  }

  /** For a commit whose objects turned out to be missing or damaged. */
  async bringAnew(commit: string, signal: AbortSignal): Promise<void> {
    this.#store.dropDamaged();
    await this.#fetch(commit, signal);
  }

  async #resolve(id: string): Promise<string> {
    const lower = id.toLowerCase();
    if (!/^[0-9a-f]+$/.test(lower) || lower.length < SHORTEST || lower.length > FULL) {
      throw new ConfigurationError(`${JSON.stringify(id)} is no commit ID`, {
        hint: "give the 40 digits that `git rev-parse` prints; a branch or a tag does not serve",
      });
    }
    if (lower.length === FULL) return lower;
    const found = await this.#findCommits(lower);
    if (found.length === 1) return found[0]!;
    const reason = found.length === 0
      ? "no commit that is here begins so"
      : `these begin so: ${found.join(", ")}`;
    throw new ConfigurationError(`Cannot tell which commit ${id} is: ${reason}`, {
      hint: `give all 40 digits: \`git rev-parse ${id}\` prints them in a clone of the repository`,
    });
  }

  async #findCommits(prefix: string): Promise<string[]> {
    const commits: string[] = [];
    for (const oid of this.#store.packs.find(prefix)) {
      if ((await this.#store.read(oid)).type === "commit") commits.push(oid);
    }
    return commits;
  }

  async #fetch(commit: string, signal: AbortSignal): Promise<void> {
    const packFile = join(this.#scratch, "incoming.pack");
    try {
      await this.#remote.fetchCommit(commit, packFile, signal);
      await this.#store.adopt(packFile, commit);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof HomeportError || error instanceof BrokenStore)) throw error;
      const details = error instanceof HomeportError
        ? { hint: error.hint, path: error.path, consequence: error.consequence, exitCode: error.exitCode }
        : {
          hint: "try again; if it stays, check the repository on the server with `git fsck`",
          consequence: "retry" as const,
        };
      throw new HomeportError(
        `Commit ${commit} is needed and not here, and cannot be fetched: ${error.message}`,
        { ...details, cause: error },
      );
    }
  }

  async #requireCommit(commit: string): Promise<void> {
    const { type } = await this.#store.read(commit);
    if (type !== "commit") throw notACommit(commit, type);
  }
}
