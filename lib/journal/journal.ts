/** The history of a data folder, in one SQLite file. Whatever is wrong with it is said, and stops no pass. */
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { HomeportError } from "../errors.ts";
import type { CleanupRecord } from "../reconcile/cleanup/cleanup_report.ts";
import type { PassRecord } from "../reconcile/history/pass_record.ts";
import type { KnownImage } from "../reconcile/ports.ts";
import { reasonOf } from "./failure.ts";
import type { Retention } from "./trim.ts";

export interface JournalOptions {
  readonly dataDir: string;
  readonly retention: Retention;
  /** Masks secrets in everything that is written. */
  readonly redact: (text: string) => string;
}

export const JOURNAL_FILE = "journal.db";

export class Journal {
  readonly #options: JournalOptions;

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** Gives what a person should know about the journal, often nothing. Never rejects. */
  async record(pass: PassRecord): Promise<readonly string[]> {
    const path = join(this.#options.dataDir, JOURNAL_FILE);
    try {
      if (isIdle(pass) && touch(path, pass.endedAt)) return [];
      // Not at the top: most passes have nothing to write down, and spare the time and memory that SQLite takes.
      const { writeToFile } = await import("./write_to_file.ts");
      const warnings = writeToFile(path, pass, this.#options);
      touch(path, pass.endedAt);
      return warnings;
    } catch (error) {
      return [`cannot write the journal ${path}: ${reasonOf(error)}`];
    }
  }

  async knownImages(host: string): Promise<readonly KnownImage[]> {
    const path = join(this.#options.dataDir, JOURNAL_FILE);
    if (findTime(path) === undefined) return [];
    try {
      const { readKnownImages } = await import("./cleanups.ts");
      return await keepingTime(path, () => inDatabase(path, (database) => readKnownImages(database, host)));
    } catch (cause) {
      throw new HomeportError(
        `Cannot read in the journal ${path} which images are ours: ${reasonOf(cause)}`,
        {
          hint: "what cannot be read is set aside by the next pass that has something to write",
          consequence: "retry",
          cause,
        },
      );
    }
  }

  async recordCleanup(record: CleanupRecord): Promise<readonly string[]> {
    const { dataDir, redact, retention } = this.#options;
    const path = join(dataDir, JOURNAL_FILE);
    try {
      const { writeCleanup } = await import("./cleanups.ts");
      const { trim } = await import("./trim.ts");
      const masked = (text: string) => redact(text).toWellFormed();
      const errors = record.errors.map(masked);
      const images = record.images.map(({ id, references }) => ({ id, references: references.map(masked) }));
      await keepingTime(path, () =>
        inDatabase(path, (database) => {
          writeCleanup(database, { ...record, errors, images });
          trim(database, retention, record.endedAt);
        }));
      return [];
    } catch (error) {
      return [`cannot write the journal ${path}: ${reasonOf(error)}`];
    }
  }
}

async function inDatabase<Result>(path: string, task: (database: DatabaseSync) => Result): Promise<Result> {
  const { openToWrite } = await import("./open_database.ts");
  const database = openToWrite(path);
  try {
    return task(database);
  } finally {
    database.close();
  }
}

/** For what is no pass: the time of the file stays that of the last one. */
async function keepingTime<Result>(path: string, task: () => Promise<Result>): Promise<Result> {
  const time = findTime(path);
  try {
    return await task();
  } finally {
    if (time !== undefined) touch(path, time);
  }
}

/** When the last pass ended; `undefined`: there is no journal yet. */
export function findTime(path: string): Date | undefined {
  try {
    return Deno.statSync(path).mtime ?? undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function isIdle({ error, stacks }: PassRecord): boolean {
  return error === undefined && stacks.every(({ outcome }) => outcome === "unchanged");
}

/** When the last pass ended is the time of the file itself. Gives whether there is one. */
function touch(path: string, time: Date): boolean {
  try {
    Deno.utimeSync(path, time, time);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
