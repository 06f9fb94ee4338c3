/** Whether a `homeport run` works in a data folder: its lock says so, for as long as it lives. */
import { join } from "node:path";
import { findOnDisk } from "./file_on_disk.ts";

export interface LiveRun {
  readonly pid: number;
  /** RFC 3339. */
  readonly since: string;
}

/** `run` holds the first one for its life; the other one, only while it works. */
const FILES = ["run.lock", "homeport.lock"];

/** `undefined`: none runs. Throws where the folder may not be read. */
export function findRun(dataDir: string): LiveRun | undefined {
  return FILES.map((file) => findHolder(join(dataDir, file))).find((holder) => holder !== undefined);
}

/** What a file says counts as long as its process lives, and holds the lock. */
function findHolder(path: string): LiveRun | undefined {
  if (findOnDisk(path) === undefined) return undefined;
  const [, pid, since] = Deno.readTextFileSync(path).match(/^pid (\d+) \(run\b.*\), since (\S+)$/m) ?? [];
  if (pid === undefined || since === undefined || !isHeld(path)) return undefined;
  return { pid: Number(pid), since };
}

function isHeld(path: string): boolean {
  using file = Deno.openSync(path);
  // Goes again with the file. Shared, so that two who look do not see one another.
  return !file.tryLockSync(false);
}
