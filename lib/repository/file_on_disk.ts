import { createHash } from "node:crypto";
import type { FileMode } from "./commit_tree.ts";
import type { FileStat } from "./git_index.ts";

const OWNER_MAY_EXECUTE = 0o100;
const WORD = 0xffffffff;

/** What stands at a path; symlinks are not followed. */
export function findOnDisk(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}

/** Git's mode of what stands on disk; `undefined` for what Git cannot hold. */
export function modeOnDisk(info: Deno.FileInfo): FileMode | undefined {
  if (info.isSymlink) return "120000";
  if (!info.isFile) return undefined;
  return ((info.mode ?? 0) & OWNER_MAY_EXECUTE) === 0 ? "100644" : "100755";
}

/** Git's object ID of a file's content, or of a symlink's text. */
export function oidOnDisk(path: string, info: Deno.FileInfo): string {
  const content = info.isSymlink
    ? new TextEncoder().encode(Deno.readLinkSync(path))
    : Deno.readFileSync(path);
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}

/** Cut to 32 bits where the index has no more room. */
export function statOf(info: Deno.FileInfo, mode: FileMode): FileStat {
  return {
    modified: info.mtime?.getTime() ?? 0,
    changed: info.ctime?.getTime() ?? 0,
    device: (info.dev & WORD) >>> 0,
    inode: ((info.ino ?? 0) & WORD) >>> 0,
    mode: parseInt(mode, 8),
    user: info.uid ?? 0,
    group: info.gid ?? 0,
    size: info.size % (WORD + 1),
  };
}

/** Device numbers change between boots and mounts, so they say nothing. */
export function sameStat(a: FileStat, b: FileStat): boolean {
  return a.modified === b.modified && a.changed === b.changed && a.inode === b.inode && a.size === b.size &&
    a.mode === b.mode &&
    a.user === b.user && a.group === b.group;
}
