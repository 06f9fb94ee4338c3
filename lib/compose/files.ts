/** The files of a checkout, as the pure parts see them. Paths are absolute. */
export interface Files {
  /** The content; `undefined` when there is no such file. Throws when the path leaves the repository, symlinks resolved. */
  read(path: string): Uint8Array | undefined;
  /** What the path is, symlinks followed; `undefined` when there is nothing. Throws when the path leaves the repository. */
  kind(path: string): "file" | "folder" | "other" | undefined;
  /** Names of a folder's entries, sorted; empty when there is no such folder. */
  list(path: string): readonly string[];
}
