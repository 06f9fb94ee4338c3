/** What a snapshot says of pins where there are none: the branch's commit, and its files. */
import type { FilesAt, Snapshot } from "../../lib/reconcile/ports.ts";
import { NO_TRACKED_FILES } from "../../lib/stacks/tracked_files.ts";
import { memoryFiles } from "./memory_files.ts";

export function noPins(
  commit: string,
  { files = memoryFiles("/", {}), tracked = NO_TRACKED_FILES }: Partial<FilesAt> = {},
): Pick<Snapshot, "pins" | "head"> {
  return {
    pins: [],
    head: { commit, filesAt: (at = commit) => Promise.resolve({ commit: at, files, tracked }) },
  };
}
