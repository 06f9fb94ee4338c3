/** What a build sees of a folder: read from disk as it is sent, in the order in which both builders want it. */
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { HomeportError, messageOf } from "../../errors.ts";
import type { IgnoreRules } from "../../stacks/dockerignore.ts";

export interface ContextEntry {
  /** Relative to the folder, `/`-separated. */
  readonly path: string;
  readonly kind: "file" | "folder" | "symlink";
  /** The lower twelve bits. */
  readonly mode: number;
  /** Bytes; 0 for all but files. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** Of a symlink; else empty. */
  readonly target: string;
  /** The content. */
  readonly read: () => AsyncIterable<Uint8Array>;
}

const CHUNK = 64 * 1024;

/** Every folder before what it holds; names sorted by their bytes. A folder that is left out comes only before what is taken in again below it. */
export async function* walkContext(
  root: string,
  rules: IgnoreRules,
  signal: AbortSignal,
): AsyncGenerator<ContextEntry> {
  yield* walkFolder({ root, rules, signal }, "", []);
}

interface Walk {
  readonly root: string;
  readonly rules: IgnoreRules;
  readonly signal: AbortSignal;
}

/** `unsent`: the folders above that are left out, and that nothing below has needed yet. */
async function* walkFolder(walk: Walk, folder: string, unsent: ContextEntry[]): AsyncGenerator<ContextEntry> {
  const { root, rules, signal } = walk;
  signal.throwIfAborted();
  for (const name of await namesIn(join(root, folder))) {
    const path = folder === "" ? name : `${folder}/${name}`;
    const ignored = rules.ignores(path);
    if (ignored && !rules.mayTakeInBelow(path)) continue;
    const entry = await findEntry(root, path);
    if (entry === undefined) continue;
    if (!ignored) {
      yield* unsent.splice(0);
      yield entry;
    }
    if (entry.kind !== "folder") continue;
    if (ignored) unsent.push(entry);
    yield* walkFolder(walk, path, unsent);
    // Whatever is still unsent from here on is not above what follows.
    const at = unsent.indexOf(entry);
    if (at >= 0) unsent.splice(at, 1);
  }
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await attemptRead(folder, async () => await Array.fromAsync(Deno.readDir(folder)));
  return names.map(({ name }) => name).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

/** `undefined`: a socket, which no builder takes, or what went away meanwhile. */
export async function findEntry(root: string, path: string): Promise<ContextEntry | undefined> {
  const full = join(root, path);
  const info = await findInfo(full);
  if (info === undefined || info.isSocket === true) return undefined;
  const kind = info.isDirectory ? "folder" : info.isSymlink ? "symlink" : info.isFile ? "file" : undefined;
  if (kind === undefined) {
    throw new HomeportError(`Cannot send ${full} to the builder: it is neither a file nor a folder`, {
      hint: "put it into .dockerignore",
    });
  }
  return {
    path,
    kind,
    mode: (info.mode ?? 0o644) & 0o7777,
    size: kind === "file" ? info.size : 0,
    modified: info.mtime?.getTime() ?? 0,
    target: kind === "symlink" ? await Deno.readLink(full) : "",
    read: () => readFile(full),
  };
}

async function findInfo(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw unreadable(path, error);
  }
}

async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  using file = await attemptRead(path, () => Deno.open(path));
  for (;;) {
    const chunk = new Uint8Array(CHUNK);
    const length = await file.read(chunk);
    if (length === null) return;
    yield chunk.subarray(0, length);
  }
}

async function attemptRead<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): HomeportError {
  const reason = messageOf(cause);
  return new HomeportError(`Cannot read ${path} for the builder: ${reason}`, {
    hint: "put it into .dockerignore, or give Homeport access to it",
    cause,
  });
}
