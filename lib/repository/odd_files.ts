import { join } from "node:path";
import type { IndexEntry } from "./git_index.ts";

/** A file of the commit that is not what it seems. */
export interface OddFile {
  /** Relative to the checkout. */
  readonly path: string;
  readonly kind: "submodule" | "lfs-pointer";
  /** Says so, for people. */
  readonly message: string;
}

const LFS_START = "version https://git-lfs.github.com/spec/";
/** A pointer is three short lines; the numbers leave room for the size and for another version. */
const LFS_SIZES = { least: 120, most: 200 };

export function findOddFiles(root: string, entries: readonly IndexEntry[]): OddFile[] {
  return entries.flatMap((entry): OddFile[] => {
    if (entry.mode === "160000") {
      const message = `${entry.path} is a Git submodule: submodules are not followed, so it is not there`;
      return [{ path: entry.path, kind: "submodule", message }];
    }
    if (!isLfsPointer(root, entry)) return [];
    const message =
      `${entry.path} is a Git LFS pointer: LFS is not supported, so the file holds the pointer and not the content`;
    return [{ path: entry.path, kind: "lfs-pointer", message }];
  });
}

function isLfsPointer(root: string, { path, mode, stat }: IndexEntry): boolean {
  if (mode === "120000" || stat === undefined || stat.size < LFS_SIZES.least || stat.size > LFS_SIZES.most) {
    return false;
  }
  return new TextDecoder().decode(Deno.readFileSync(join(root, path))).startsWith(LFS_START);
}
