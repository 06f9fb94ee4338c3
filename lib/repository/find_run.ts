/** Whether a `homeport run` works in a data folder: its lock says so, for as long as it lives. */
import { join } from "node:path";
import { findOnDisk } from "./file_on_disk.ts";
import { LOCK_FILES } from "./lock.ts";

export interface LiveRun {
  readonly pid: number;
  /** RFC 3339. */
  readonly since: string;
}

/** `undefined`: none runs. Throws where the folder may not be read. What the file says counts as long as its process holds the lock. */
export function findRun(dataDir: string): LiveRun | undefined {
  const path = join(dataDir, LOCK_FILES.run);
  if (findOnDisk(path) === undefined) return undefined;
  const [, pid, since] = Deno.readTextFileSync(path).match(/^pid (\d+) \(.*\), since (\S+)$/m) ?? [];
  if (pid === undefined || since === undefined || !isHeld(path)) return undefined;
  return { pid: Number(pid), since };
}

function isHeld(path: string): boolean {
  using file = Deno.openSync(path);
  // Goes again with the file. Shared, so that two who look do not see one another.
  return !file.tryLockSync(false);
}
