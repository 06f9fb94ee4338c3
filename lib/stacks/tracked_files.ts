/** What Git knows about the files of a checkout, as the pure parts see it. */

export interface TrackedFile {
  /** Absolute path in the checkout. */
  readonly path: string;
  /** Git's object ID of the content (of the link's text, for a symlink). */
  readonly oid: string;
  /** Git's file mode, such as `100644`, `100755` or `120000`. */
  readonly mode: string;
  /** When the file last changed on disk, in seconds since 1970. */
  readonly modified: number;
}

export interface TrackedFiles {
  /**
   * The tracked files at an absolute path or below it, sorted by path; empty when Git tracks nothing there. Where the path itself is
   * a tracked symlink, also the files at or below what it leads to: that is what a container sees through a mount.
   *
   * Files that Git does not track are not listed: containers write their data into mounted folders, and that is no change of the
   * configuration.
   */
  filesBelow(path: string): readonly TrackedFile[];
}

/** For a plain folder that is no Git checkout. */
export const NO_TRACKED_FILES: TrackedFiles = { filesBelow: () => [] };
