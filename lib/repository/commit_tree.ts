import { HomeportError } from "../errors.ts";
import { BrokenStore, type ObjectStore } from "./object_store.ts";

export type FileMode = "100644" | "100755" | "120000" | "160000";

/** A file of a commit. Mode `160000` is a submodule, and its object ID is a commit of another repository. */
export interface CommitFile {
  /** Relative to the top, `/`-separated. */
  readonly path: string;
  readonly oid: string;
  readonly mode: FileMode;
}

const TREE_MODE = "40000";
const OID_BYTES = 20;
const strictDecoder = new TextDecoder("utf-8", { fatal: true });

/** Every file of a commit, in no particular order. */
export async function listCommit(
  store: ObjectStore,
  commit: string,
  signal: AbortSignal,
): Promise<CommitFile[]> {
  const root = await rootTree(store, commit);
  const files: CommitFile[] = [];
  const folders = [{ path: "", oid: root }];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal.throwIfAborted();
    for (const entry of parseTree(await store.readAs("tree", folder.oid), folder.path)) {
      if (entry.mode === TREE_MODE) folders.push(entry);
      else files.push({ ...entry, mode: fileMode(entry.mode, entry.path) });
    }
  }
  return files;
}

/** Who made a commit, and the first line of its message. */
export async function describeCommit(
  store: Pick<ObjectStore, "read">,
  commit: string,
): Promise<{ readonly author: string; readonly subject: string }> {
  const text = await readCommit(store, commit);
  const end = text.indexOf("\n\n");
  const author = /^author (.*?) ?<([^>\n]*)> /m.exec(end < 0 ? text : text.slice(0, end));
  const message = end < 0 ? "" : text.slice(end).trimStart();
  return {
    author: author === null ? "" : author[1] || author[2]!,
    subject: message.split("\n", 1)[0]!.trim(),
  };
}

async function readCommit(store: Pick<ObjectStore, "read">, commit: string): Promise<string> {
  const { type, content } = await store.read(commit);
  if (type !== "commit") throw new BrokenStore(`object ${commit} is a ${type}, and not a commit`);
  return new TextDecoder().decode(content);
}

export async function rootTree(store: Pick<ObjectStore, "read">, commit: string): Promise<string> {
  const text = await readCommit(store, commit);
  const oid = /^tree ([0-9a-f]{40})\n/.exec(text)?.[1];
  if (oid === undefined) throw new BrokenStore(`commit ${commit} names no tree`);
  return oid;
}

export interface TreeEntry {
  readonly path: string;
  readonly oid: string;
  readonly mode: string;
}

export function isFolder(entry: TreeEntry): boolean {
  return entry.mode === TREE_MODE;
}

/** A tree is a row of `mode SPACE name NUL` and the 20 bytes of the object ID. */
export function parseTree(bytes: Uint8Array, folder: string): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(0x20, at);
    const nul = bytes.indexOf(0, space);
    if (space < 0 || nul < 0 || nul + 1 + OID_BYTES > bytes.length) {
      throw new BrokenStore(`the tree of ${folder || "the top"} breaks off`);
    }
    const mode = new TextDecoder().decode(bytes.subarray(at, space));
    const name = checkedName(bytes.subarray(space + 1, nul), folder);
    const oid = bytes.subarray(nul + 1, nul + 1 + OID_BYTES).toHex();
    entries.push({ path: folder === "" ? name : `${folder}/${name}`, oid, mode });
    at = nul + 1 + OID_BYTES;
  }
  return entries;
}

/** A tree made by hand can hold names that would lead out of the checkout, or into `.git`. */
function checkedName(bytes: Uint8Array, folder: string): string {
  let name: string;
  try {
    name = strictDecoder.decode(bytes);
  } catch {
    throw refused(new TextDecoder().decode(bytes), folder, "is not UTF-8");
  }
  if (name === "" || name === "." || name === ".." || name.includes("/") || name.toLowerCase() === ".git") {
    throw refused(name, folder, "is not allowed");
  }
  return name;
}

function refused(name: string, folder: string, reason: string): HomeportError {
  const place = folder === "" ? "at the top of the repository" : `in ${folder}`;
  return new HomeportError(
    `Cannot check the repository out: the file name ${JSON.stringify(name)} ${place} ${reason}`,
    {
      hint: "rename it in the repository",
    },
  );
}

function fileMode(mode: string, path: string): FileMode {
  switch (mode) {
    case "100755":
    case "120000":
    case "160000":
      return mode;
    case "100644":
    // Git wrote group-writable files with a mode of their own, long ago.
    case "100664":
      return "100644";
    default:
      throw new HomeportError(`Cannot check the repository out: ${path} has the unknown mode ${mode}`, {
        hint: "look at it with `git ls-tree`, and commit it anew",
      });
  }
}
