import type { CommitFile } from "./commit_tree.ts";
import type { FileStat } from "./git_index.ts";

/** A file that a checkout wrote. */
export interface HeldFile extends CommitFile {
  readonly stat?: FileStat;
}

/** What a checkout wrote; submodules are none of it. */
export class HeldFiles {
  readonly #files: ReadonlyMap<string, HeldFile>;
  readonly #folders = new Set<string>();

  constructor(files: Iterable<HeldFile>) {
    const written = [...files].filter(({ mode }) => mode !== "160000");
    this.#files = new Map(written.map((file) => [file.path, file]));
    for (const { path } of written) {
      for (let at = path.lastIndexOf("/"); at >= 0; at = path.lastIndexOf("/", at - 1)) {
        this.#folders.add(path.slice(0, at));
        if (at === 0) break;
      }
    }
  }

  get(path: string): HeldFile | undefined {
    return this.#files.get(path);
  }

  /** Whether there is a file of it below a folder. */
  hasBelow(folder: string): boolean {
    return folder === "" ? this.#files.size > 0 : this.#folders.has(folder);
  }
}
