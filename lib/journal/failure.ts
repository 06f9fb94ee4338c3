/** What follows when SQLite refuses. */
import { messageOf } from "../errors.ts";
import { diskReason } from "../files/disk_full.ts";

/** A database, and not a journal. */
export class ForeignFile extends Error {
  override readonly name = "ForeignFile";
}

/** A journal of which a part is lost. */
export class DamagedFile extends Error {
  override readonly name = "DamagedFile";
}

/** Written by a newer Homeport. */
export class NewerJournal extends Error {
  override readonly name = "NewerJournal";
}

/** As SQLite words what is wrong with the file itself; not all errors carry its codes. */
const UNUSABLE =
  /file is not a database|malformed|unable to open database file|readonly database|unsupported file format|no such (table|column|function)|no column named|unknown function|syntax error|access permission denied|authorization denied/;

/** Whether only another file helps. A full disk and a lock pass by, and take no history with them. */
export function isUnusable(error: unknown): boolean {
  return error instanceof ForeignFile || error instanceof DamagedFile || error instanceof NewerJournal ||
    (error instanceof Error && UNUSABLE.test(error.message));
}

/** In words that go on after "the journal …: ". */
export function reasonOf(error: unknown): string {
  if (/database( table)? is locked/.test(messageOf(error))) return "another program holds it";
  return diskReason(error);
}
