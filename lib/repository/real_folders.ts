import { dirname, join } from "node:path";
import { findOnDisk } from "./file_on_disk.ts";

/** What stands where a file's folder should be. */
export type Parent =
  | { readonly kind: "folder" }
  | { readonly kind: "absent" }
  /** A symlink or a file, at a path relative to the top: nothing below it is the checkout's. */
  | { readonly kind: "blocked"; readonly path: string; readonly by: "symlink" | "file" };

/**
 * Looks at the folders that lead to a file, each once. Someone may have put a symlink in a folder's place, and what is written or
 * deleted through it would be somewhere else on the machine.
 */
export class RealFolders {
  readonly #root: string;
  readonly #seen = new Map<string, Parent>([[".", { kind: "folder" }]]);

  constructor(root: string) {
    this.#root = root;
  }

  /** For a file's path, relative to the top. */
  above(path: string): Parent {
    return this.#look(dirname(path));
  }

  #look(folder: string): Parent {
    const seen = this.#seen.get(folder);
    if (seen !== undefined) return seen;
    const parent = this.#look(dirname(folder));
    const found = parent.kind === "folder" ? this.#inspect(folder) : parent;
    this.#seen.set(folder, found);
    return found;
  }

  #inspect(folder: string): Parent {
    const info = findOnDisk(join(this.#root, folder));
    if (info === undefined) return { kind: "absent" };
    if (info.isDirectory) return { kind: "folder" };
    return { kind: "blocked", path: folder, by: info.isSymlink ? "symlink" : "file" };
  }
}
