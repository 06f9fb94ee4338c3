/** Where the commits come from: what the repository needs of a server or of a folder. */
export interface Remote {
  /** For people: the address, without credentials. */
  readonly name: string;
  /** Asks where the branch stands. */
  find(branch: string, signal: AbortSignal): Promise<RemoteBranch>;
  /** Writes one pack file as {@linkcode RemoteBranch.fetch} does, of a commit by its full ID, be it a branch's or not. */
  fetchCommit(commit: string, packFile: string, signal: AbortSignal): Promise<void>;
}

export interface RemoteBranch {
  /** Full ID of the commit that the branch points at. */
  readonly commit: string;
  /** Writes one pack file that holds the commit and all of its files, and none of its history. */
  fetch(packFile: string, signal: AbortSignal): Promise<void>;
}
