/** Repositories made by the `git` program in a temporary folder, and a data folder to go with them. */
import { dirname, join } from "node:path";
import assert from "node:assert/strict";
import { HomeportError } from "../../lib/errors.ts";
import type { FoundProgram } from "../engine/environment.ts";
import type { GitSnapshot, SyncOptions } from "../../lib/repository/git_repository.ts";
import { openRepository, type RepositoryOptions } from "../../lib/repository/open_repository.ts";

/** Path → content. `undefined` deletes the file. */
export type Changes = Readonly<Record<string, string | undefined>>;

export interface ScratchRemote extends Disposable {
  /** Holds all of it. */
  readonly folder: string;
  /** The bare repository. */
  readonly path: string;
  /** A clone that commits are made in. */
  readonly work: string;
  readonly dataDir: string;
  readonly checkout: string;
  /** Commits to `main` and pushes. Gives the commit's ID. */
  commit(changes: Changes): string;
  /** Runs `git` in the clone. */
  git(...args: readonly string[]): string;
  /** Runs `git` anywhere. */
  gitIn(folder: string, ...args: readonly string[]): string;
  sync(options?: Partial<RepositoryOptions & SyncOptions>): Promise<GitSnapshot>;
}

export function scratchRemote(program: FoundProgram): ScratchRemote {
  const folder = Deno.makeTempDirSync({ prefix: "homeport-repository-" });
  const path = join(folder, "remote.git");
  const work = join(folder, "work");
  const dataDir = join(folder, "data");
  const gitIn = (cwd: string, ...args: readonly string[]) => runGit(program, cwd, args);
  const git = (...args: readonly string[]) => gitIn(work, ...args);
  gitIn(folder, "init", "-q", "--bare", "-b", "main", path);
  gitIn(folder, "init", "-q", "-b", "main", work);
  git("remote", "add", "origin", path);
  return {
    folder,
    path,
    work,
    dataDir,
    checkout: join(dataDir, "checkout"),
    git,
    gitIn,
    commit: (changes) => {
      writeFiles(work, changes);
      git("add", "-A");
      git("commit", "-q", "--allow-empty", "-m", "Change");
      git("push", "-q", "--force", "origin", "HEAD");
      return git("rev-parse", "HEAD");
    },
    sync: ({ offline = "refused", signal = new AbortController().signal, pins, keep, ...options } = {}) =>
      openRepository({ url: path, branch: "main", dataDir, ...options }).sync({
        offline,
        signal,
        pins,
        keep,
      }),
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

export function writeFiles(folder: string, changes: Changes): void {
  for (const [path, content] of Object.entries(changes)) {
    const target = join(folder, path);
    if (content === undefined) Deno.removeSync(target);
    else {
      Deno.mkdirSync(dirname(target), { recursive: true });
      Deno.writeTextFileSync(target, content);
    }
  }
}

/** Every file below a folder, `.git` left out: path → content, or `→ target` of a symlink. */
export function readFiles(folder: string, below = ""): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of [...Deno.readDirSync(join(folder, below))].sort((a, b) => a.name < b.name ? -1 : 1)) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (path === ".git") continue;
    if (entry.isDirectory) Object.assign(files, readFiles(folder, path));
    else if (entry.isSymlink) files[path] = `→ ${Deno.readLinkSync(join(folder, path))}`;
    else files[path] = Deno.readTextFileSync(join(folder, path));
  }
  return files;
}

function runGit(program: FoundProgram, cwd: string, args: readonly string[]): string {
  const { success, stdout, stderr } = new Deno.Command(program.command, {
    args: [...args],
    cwd,
    env: {
      ...program.env,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_AUTHOR_NAME: "Test",
      GIT_AUTHOR_EMAIL: "test@example.org",
      GIT_COMMITTER_NAME: "Test",
      GIT_COMMITTER_EMAIL: "test@example.org",
    },
  }).outputSync();
  if (!success) throw new Error(`git ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).trim();
}

/** The error that a promise is rejected with; it must be one for people. */
export async function failure(promise: Promise<unknown>): Promise<HomeportError> {
  const error = await promise.then(() => undefined, (error: unknown) => error);
  assert.ok(
    error instanceof HomeportError,
    `no HomeportError: ${error instanceof Error ? error.stack : error}`,
  );
  return error;
}
