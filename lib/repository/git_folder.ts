/** Reads a repository on this machine, however it is laid out: bare or not, with alternates, a linked worktree. */
import { dirname, isAbsolute, join, resolve } from "node:path";
import { ConfigurationError, HomeportError } from "../errors.ts";
import { BrokenStore, type GitObject, ObjectStore } from "./object_store.ts";

export interface LocalRepository {
  /** Ref → commit, of all branches. */
  branches(): ReadonlyMap<string, string>;
  read(oid: string): Promise<GitObject>;
  /** Forgets which packs there are: another process may have repacked them. */
  forget(): void;
}

const HEADS = "refs/heads/";
const MOST_SYMBOLIC_REFS = 5;

export function openLocalRepository(path: string): LocalRepository {
  const gitFolder = findGitFolder(path);
  refuseOtherFormats(gitFolder, path);
  const stores = objectFolders(join(gitFolder, "objects")).map((objects) =>
    new ObjectStore(dirname(objects))
  );
  return {
    branches: () => readBranches(gitFolder),
    forget: () => stores.forEach((store) => store.forget()),
    read: (oid) => readFromAny(stores, oid),
  };
}

/** The folder that holds the objects and the branches. */
function findGitFolder(path: string): string {
  const kind = kindOf(path);
  if (kind === undefined) {
    throw new HomeportError(`Cannot reach the repository ${path}: there is no such folder`, {
      path: "repository.url",
      hint: "check repository.url, and that the disk it is on is mounted",
      consequence: "retry",
      exitCode: 2,
    });
  }
  for (const candidate of [followGitFile(join(path, ".git")), path]) {
    if (kindOf(join(candidate, "objects")) === "folder" && kindOf(join(candidate, "HEAD")) !== undefined) {
      return candidate;
    }
  }
  throw new ConfigurationError(`${path} is not a Git repository`, {
    path: "repository.url",
    hint: "set repository.url to a folder that `git init` or `git clone` made",
  });
}

/** In a linked worktree or a submodule, `.git` is a file that names the folder; a worktree's names the main one in turn. */
function followGitFile(path: string): string {
  if (kindOf(path) !== "file") return path;
  const named = /^gitdir: (.+)$/m.exec(Deno.readTextFileSync(path))?.[1];
  if (named === undefined) return path;
  const folder = resolve(dirname(path), named);
  const shared = join(folder, "commondir");
  return kindOf(shared) === "file" ? resolve(folder, Deno.readTextFileSync(shared).trim()) : folder;
}

function refuseOtherFormats(gitFolder: string, path: string): void {
  const config = kindOf(join(gitFolder, "config")) === "file"
    ? Deno.readTextFileSync(join(gitFolder, "config"))
    : "";
  const extension = /^\s*(objectformat\s*=\s*sha256|refstorage\s*=\s*reftable)\s*$/im.exec(config)?.[1];
  if (extension === undefined) return;
  throw new HomeportError(`Cannot read the repository ${path}: its format (${extension}) is not supported`, {
    hint: "use a repository with SHA-1 object IDs and refs in files, which is what `git init` makes",
  });
}

/** An `objects` folder, and those that it borrows from. */
function objectFolders(objects: string, seen: readonly string[] = []): string[] {
  if (seen.includes(objects)) return [];
  const list = join(objects, "info", "alternates");
  const borrowed = kindOf(list) === "file"
    ? Deno.readTextFileSync(list).split("\n").filter((line) => line !== "" && !line.startsWith("#"))
    : [];
  const all = [objects];
  for (const each of borrowed) {
    all.push(...objectFolders(isAbsolute(each) ? each : resolve(objects, each), [...seen, ...all]));
  }
  return all;
}

async function readFromAny(stores: readonly ObjectStore[], oid: string): Promise<GitObject> {
  let failure: unknown;
  for (const store of stores) {
    try {
      return await store.read(oid);
    } catch (error) {
      if (!(error instanceof BrokenStore)) throw error;
      failure ??= error;
    }
  }
  throw failure;
}

/** Loose refs win over packed ones, as Git has it. The loose ones are read first: packing writes before it deletes. */
function readBranches(gitFolder: string): Map<string, string> {
  const loose = [...looseRefs(gitFolder, HEADS.slice(0, -1))];
  const refs = packedRefs(gitFolder);
  for (const [name, value] of loose) refs.set(name, value);
  const resolved = new Map<string, string>();
  for (const name of refs.keys()) {
    const commit = follow(refs, name);
    if (name.startsWith(HEADS) && commit !== undefined) resolved.set(name, commit);
  }
  return resolved;
}

function follow(refs: ReadonlyMap<string, string>, name: string): string | undefined {
  let value = refs.get(name);
  for (let step = 0; value?.startsWith("ref: ") === true && step < MOST_SYMBOLIC_REFS; step++) {
    value = refs.get(value.slice(5));
  }
  return value !== undefined && /^[0-9a-f]{40}$/.test(value) ? value : undefined;
}

function* looseRefs(gitFolder: string, folder: string): Generator<[string, string]> {
  if (kindOf(join(gitFolder, folder)) !== "folder") return;
  for (const entry of Deno.readDirSync(join(gitFolder, folder))) {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory) yield* looseRefs(gitFolder, name);
    else if (!entry.name.endsWith(".lock")) yield [name, Deno.readTextFileSync(join(gitFolder, name)).trim()];
  }
}

function packedRefs(gitFolder: string): Map<string, string> {
  const path = join(gitFolder, "packed-refs");
  if (kindOf(path) !== "file") return new Map();
  const lines = Deno.readTextFileSync(path).split("\n").map((line) => /^([0-9a-f]{40}) (\S+)$/.exec(line));
  return new Map(lines.flatMap((match) => match === null ? [] : [[match[2]!, match[1]!]]));
}

function kindOf(path: string): "file" | "folder" | undefined {
  try {
    return Deno.statSync(path).isDirectory ? "folder" : "file";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}
