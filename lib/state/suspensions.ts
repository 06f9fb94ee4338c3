/** Suspensions by hand: one small file each, so that nobody has to wait for a lock to write or to remove one. */
import { dirname, join } from "node:path";
import { diskError } from "./disk_error.ts";
import { ALL_STACKS, type Suspension } from "../reconcile/state/stack_state.ts";
import { replacePrivateFile } from "../files/replace_file.ts";

const SUSPENDED_FOLDER = "suspended";
/** No stack's name begins with a dot. */
const ALL_FILE = ".all";
const ENDING = ".json";

/** Those that are over are removed. A file that cannot be read suspends all the same: its being there says so. */
export function readSuspensions(
  dataDir: string,
  host: string,
  now: Date,
): Readonly<Record<string, Suspension>> {
  const found: Record<string, Suspension> = {};
  for (const name of namesIn(folderOf(dataDir, host))) {
    const path = join(folderOf(dataDir, host), name);
    const suspension = readOne(path);
    if (suspension === undefined) continue;
    if (suspension.until === undefined || Date.parse(suspension.until) > now.getTime()) {
      found[stackOf(name)] = suspension;
    } else removeIfAllowed(path);
  }
  return found;
}

export function writeSuspension(dataDir: string, host: string, stack: string, suspension: Suspension): void {
  const path = pathOf(dataDir, host, stack);
  try {
    replacePrivateFile(path, `${JSON.stringify(suspension)}\n`);
  } catch (error) {
    throw diskError(`Cannot suspend ${stack === ALL_STACKS ? "all stacks" : `stack ${stack}`}`, error);
  }
}

/** Gives whether there was one. */
export function removeSuspension(dataDir: string, host: string, stack: string): boolean {
  return remove(pathOf(dataDir, host, stack));
}

/** Whoever only looks need not be allowed to. */
function removeIfAllowed(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // It is over all the same.
  }
}

function remove(path: string): boolean {
  try {
    Deno.removeSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw diskError(`Cannot remove ${path}`, error);
  }
}

function readOne(path: string): Suspension | undefined {
  try {
    const parsed: unknown = JSON.parse(Deno.readTextFileSync(path));
    if (isSuspension(parsed)) return parsed;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
  }
  return { since: timeOf(path), reason: `its file ${path} cannot be read` };
}

function isSuspension(value: unknown): value is Suspension {
  if (typeof value !== "object" || value === null) return false;
  const { since, until, reason } = value as Record<string, unknown>;
  return isTime(since) && (until === undefined || isTime(until)) &&
    (reason === undefined || typeof reason === "string");
}

function isTime(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

function timeOf(path: string): string {
  try {
    return (Deno.statSync(path).mtime ?? new Date(0)).toISOString();
  } catch {
    return new Date(0).toISOString();
  }
}

function namesIn(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(ENDING))
      .sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return [];
    throw diskError(`Cannot read ${folder}`, error);
  }
}

function folderOf(dataDir: string, host: string): string {
  return join(dataDir, SUSPENDED_FOLDER, host);
}

function pathOf(dataDir: string, host: string, stack: string): string {
  return join(folderOf(dataDir, host), `${stack === ALL_STACKS ? ALL_FILE : stack}${ENDING}`);
}

function stackOf(fileName: string): string {
  const name = fileName.slice(0, -ENDING.length);
  return name === ALL_FILE ? ALL_STACKS : name;
}

/** The folders that hold suspensions, also of hosts that have none yet. */
export function suspensionFolders(dataDir: string, host: string): readonly string[] {
  const folder = folderOf(dataDir, host);
  return [dirname(folder), folder];
}
