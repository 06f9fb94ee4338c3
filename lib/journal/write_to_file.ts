import { existsSync } from "node:fs";
import { setAside } from "../files/set_aside.ts";
import type { PassRecord } from "../reconcile/history/pass_record.ts";
import { isUnusable, NewerJournal, reasonOf } from "./failure.ts";
import type { JournalOptions } from "./journal.ts";
import { openToWrite } from "./open_database.ts";
import { redactRecord } from "./redact_record.ts";
import { trim } from "./trim.ts";
import { writePass } from "./write_pass.ts";

/** SQLite's: what was not yet written into the file itself, and an index of that. */
const COMPANIONS = { moved: ["-wal"], removed: ["-shm"] };

/**
 * Gives what a person should know. A file that cannot be used makes room for a new one; what only passes by, such as a lock, is thrown.
 *
 * The file is open only meanwhile: it may be moved away or deleted between two passes.
 */
export function writeToFile(path: string, pass: PassRecord, options: JournalOptions): readonly string[] {
  try {
    write(path, pass, options);
    return [];
  } catch (error) {
    if (!isUnusable(error) || !existsSync(path)) throw error;
    const aside = makeRoom(path, pass.endedAt, error);
    write(path, pass, options);
    const what = error instanceof NewerJournal ? "is of a newer Homeport" : "cannot be used";
    return [
      `the journal ${path} ${what}: ${reasonOf(error)}. It was set aside as ${aside}, and a new one begun`,
    ];
  }
}

function makeRoom(path: string, now: Date, cause: unknown): string {
  try {
    return setAside(path, now, COMPANIONS);
  } catch (error) {
    throw new Error(`${reasonOf(cause)}; and it cannot be set aside: ${reasonOf(error)}`, { cause });
  }
}

function write(path: string, pass: PassRecord, { redact, retention }: JournalOptions): void {
  const database = openToWrite(path);
  try {
    writePass(database, redactRecord(pass, redact));
    trim(database, retention, pass.endedAt);
  } finally {
    database.close();
  }
}
