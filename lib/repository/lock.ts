import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { HomeportError } from "../errors.ts";
import { diskFailure } from "./disk_failure.ts";
import { findOnDisk } from "./file_on_disk.ts";
import { writeAll } from "../files/write_all.ts";

/** `data`: who works in it now. `run`: the one that follows the repository. */
export type LockKind = "data" | "run";

export const LOCK_FILES: Readonly<Record<LockKind, string>> = { data: "homeport.lock", run: "run.lock" };

/**
 * Whoever is to have the data folder next holds this one until then, so that a `run` that goes from pass to pass lets others in between.
 * It is touched by those in a hurry.
 */
export const TURN_FILE = "next.lock";

export interface LockOptions {
  /** Default: `data`. */
  readonly kind?: LockKind;
  /** What this process is doing, such as `apply --host helium`: the next one shows it. */
  readonly command: string;
  /** How long to wait for another process, in milliseconds; `true`: for as long as it takes; `false`: not at all. */
  readonly wait: boolean | number;
  /** A `homeport run` that holds it is asked to end what only waits in its pass. */
  readonly isUrgent?: boolean;
  /** Called when there is something to wait for, and again when another process holds it: `pid 12 (apply --host helium), since …`. */
  readonly onWait?: (holder: string) => void;
  readonly signal: AbortSignal;
}

export interface DataDirLock extends Disposable {
  release(): void;
}

const POLL = 100;
const UNKNOWN = "another process";
/** Who has only just got it may not be listening yet. */
const REMINDER = 1_000;

/**
 * Only one process at a time works in a data folder. The lock is the operating system's own, on an open file: it goes with the process,
 * however that ends. What the file says is for people alone.
 */
export async function lockDataDir(dataDir: string, options: LockOptions): Promise<DataDirLock> {
  const { kind = "data" } = options;
  const path = join(dataDir, LOCK_FILES[kind]);
  const limit = options.wait === true ? Infinity : options.wait === false ? 0 : options.wait;
  const begun = performance.now();
  let announced: string | undefined;
  let seen: string | undefined;
  let touched = -Infinity;
  let turn = kind === "data" ? undefined : NO_TURN;
  try {
    for (;;) {
      options.signal.throwIfAborted();
      turn ??= await tryLock(dataDir, join(dataDir, TURN_FILE));
      const file = turn && await tryLock(dataDir, path);
      if (file !== undefined) return held(file, options.command);
      const holder = readHolder(path);
      if (performance.now() - begun >= limit) {
        throw kind === "run" ? runsAlready(dataDir, holder) : locked(dataDir, holder, limit);
      }
      if (options.isUrgent && performance.now() - touched >= REMINDER) {
        touch(join(dataDir, TURN_FILE));
        touched = performance.now();
      }
      // Of one that has only just got it, the next try knows who it is.
      if (holder !== announced && (holder !== UNKNOWN || holder === seen)) {
        options.onWait?.(holder);
        announced = holder;
      }
      seen = holder;
      await delay(Math.min(POLL, limit), undefined, { signal: options.signal }).catch(() => {});
    }
  } finally {
    turn?.close();
  }
}

/** For the lock of `run`, which nobody waits for. */
const NO_TURN = { close: () => {} };

function touch(path: string): void {
  const now = new Date();
  try {
    Deno.utimeSync(path, now, now);
  } catch {
    // Then it takes as long as it takes.
  }
}

async function tryLock(dataDir: string, path: string): Promise<Deno.FsFile | undefined> {
  for (;;) {
    const file = open(dataDir, path);
    const locked = await file.tryLock(true);
    // Somebody may have deleted the file meanwhile: a lock on what nobody else can open keeps nobody out.
    if (locked && findOnDisk(path)?.ino === file.statSync().ino) return file;
    file.close();
    if (!locked) return undefined;
  }
}

function open(dataDir: string, path: string): Deno.FsFile {
  try {
    Deno.mkdirSync(dataDir, { recursive: true });
    return Deno.openSync(path, { read: true, write: true, create: true });
  } catch (error) {
    throw diskFailure(error, dataDir) ?? error;
  }
}

function held(file: Deno.FsFile, command: string): DataDirLock {
  // A disk without room keeps nobody from working: what the file says is for people alone.
  quietly(() => {
    file.truncateSync(0);
    writeAll(
      file,
      new TextEncoder().encode(`pid ${Deno.pid} (${command}), since ${new Date().toISOString()}\n`),
    );
  });
  let released = false;
  const release = () => {
    if (released) return;
    released = true;
    quietly(() => file.truncateSync(0));
    file.close();
  };
  return { release, [Symbol.dispose]: release };
}

function quietly(write: () => void): void {
  try {
    write();
  } catch (error) {
    if (diskFailure(error, "") === undefined) throw error;
  }
}

function readHolder(path: string): string {
  const text = findOnDisk(path) === undefined ? "" : Deno.readTextFileSync(path).trim();
  return text === "" ? UNKNOWN : text;
}

function locked(dataDir: string, holder: string, waited: number): HomeportError {
  const since = waited === 0 ? "" : ` (waited ${Math.round(waited / 1000)} s)`;
  return new HomeportError(`The data folder ${dataDir} is in use by ${holder}${since}`, {
    consequence: "wait",
    hint: "wait until it is done, or end that process, and try again",
  });
}

function runsAlready(dataDir: string, holder: string): HomeportError {
  return new HomeportError(`homeport run follows the repository already in ${dataDir}: ${holder}`, {
    consequence: "wait",
    hint: "end that one first; homeport apply works beside it",
  });
}
