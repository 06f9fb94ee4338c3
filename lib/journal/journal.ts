/** The history of a data folder, in one SQLite file. Whatever is wrong with it is said, and stops nothing. */
import { join } from "node:path";
import type { PassRecord } from "../reconcile/pass_record.ts";
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
