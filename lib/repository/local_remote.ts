import { HomeportError } from "../errors.ts";
import { isFolder, parseTree, rootTree } from "./commit_tree.ts";
import { type LocalRepository, openLocalRepository } from "./git_folder.ts";
import { BrokenStore } from "./object_store.ts";
import { PackWriter } from "./pack_writer.ts";
import { branchOf, noSuchCommit, notACommit } from "./remote_branches.ts";
import type { Remote } from "./remote.ts";

const MOST_TRIES = 3;
const SUBMODULE = "160000";

/** A repository on this machine, read as it lies there: no server, and nothing is written to it. */
export function localRemote(path: string): Remote {
  return {
    name: path,
    find: (branch, signal) =>
      readable(path, () => {
        signal.throwIfAborted();
        const repository = openLocalRepository(path);
        const commit = branchOf(repository.branches(), branch, path);
        return {
          commit,
          fetch: (packFile, fetchSignal) => copyCommit({ repository, path, commit }, packFile, fetchSignal),
        };
      }),
    fetchCommit: (commit, packFile, signal) =>
      readable(path, async () => {
        signal.throwIfAborted();
        const repository = openLocalRepository(path);
        await requireCommit({ repository, path, commit });
        await copyCommit({ repository, path, commit }, packFile, signal);
      }),
  };
}

interface Source {
  readonly repository: LocalRepository;
  readonly path: string;
  readonly commit: string;
}

async function requireCommit({ repository, path, commit }: Source): Promise<void> {
  try {
    const { type } = await repository.read(commit);
    if (type !== "commit") throw notACommit(commit, type);
  } catch (error) {
    throw error instanceof BrokenStore ? noSuchCommit(commit, path) : error;
  } finally {
    repository.forget();
  }
}

/** Another process may repack the repository meanwhile: then an object is in a pack that was not there before. */
async function copyCommit(source: Source, packFile: string, signal: AbortSignal): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      return await writePack(source, packFile, signal);
    } catch (error) {
      if (!(error instanceof BrokenStore)) throw error;
      if (tries === MOST_TRIES) throw incomplete(source, error);
      source.repository.forget();
    }
  }
}

async function writePack(
  { repository, commit }: Source,
  packFile: string,
  signal: AbortSignal,
): Promise<void> {
  using pack = new PackWriter(packFile);
  const seen = new Set<string>();
  const copy = async (oid: string) => {
    signal.throwIfAborted();
    seen.add(oid);
    const object = await repository.read(oid);
    pack.add(object);
    return object.content;
  };
  await copy(commit);
  const folders = [{ path: "", oid: await rootTree(repository, commit) }];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (seen.has(folder.oid)) continue;
    for (const entry of parseTree(await copy(folder.oid), folder.path)) {
      if (isFolder(entry)) folders.push(entry);
      else if (entry.mode !== SUBMODULE && !seen.has(entry.oid)) await copy(entry.oid);
    }
  }
  pack.finish();
  repository.forget();
}

function incomplete({ path, commit }: Source, error: BrokenStore): HomeportError {
  return new HomeportError(`Cannot read commit ${commit} of the repository ${path}: ${error.message}`, {
    consequence: "retry",
    hint: `check the repository with \`git -C ${path} fsck\``,
    cause: error,
  });
}

async function readable<T>(path: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (
      error instanceof HomeportError || !(error instanceof Error) ||
      !("code" in error || error instanceof Deno.errors.NotCapable)
    ) {
      throw error;
    }
    throw new HomeportError(`Cannot read the repository ${path}: ${error.message}`, {
      hint: "let the user that runs Homeport read it",
      cause: error,
    });
  }
}
