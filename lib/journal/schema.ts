/** The tables of the journal, and how older forms of them become the one of today. */
import type { DatabaseSync } from "node:sqlite";
import { ForeignFile, NewerJournal } from "./failure.ts";
import { inTransaction } from "./transaction.ts";

/** Marks the file as a journal of Homeport: "Hmpt". */
const APPLICATION_ID = 0x486d7074;

/**
 * Each leads from one version of the schema to the next. What was released is never changed.
 *
 * Times are milliseconds since 1970. `likeness` is what an entry has in common with one that says the same again.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE pass (
     id INTEGER PRIMARY KEY,
     host TEXT NOT NULL,
     "trigger" TEXT NOT NULL,
     started_at INTEGER NOT NULL,
     ended_at INTEGER NOT NULL,
     outcome TEXT NOT NULL,
     commit_id TEXT,
     author TEXT,
     subject TEXT,
     error TEXT,
     likeness TEXT NOT NULL,
     repeated INTEGER NOT NULL DEFAULT 0,
     last_at INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX pass_of_host ON pass (host, id);
   CREATE TABLE stack_entry (
     id INTEGER PRIMARY KEY,
     pass INTEGER NOT NULL REFERENCES pass ON DELETE CASCADE,
     host TEXT NOT NULL,
     stack TEXT NOT NULL,
     project TEXT,
     action TEXT NOT NULL,
     outcome TEXT NOT NULL,
     stack_hash TEXT,
     milliseconds INTEGER NOT NULL,
     causes TEXT NOT NULL CHECK (json_valid(causes)),
     operations TEXT NOT NULL CHECK (json_valid(operations)),
     errors TEXT NOT NULL CHECK (json_valid(errors)),
     images TEXT NOT NULL CHECK (json_valid(images)),
     likeness TEXT NOT NULL,
     repeated INTEGER NOT NULL DEFAULT 0,
     last_at INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX stack_entry_of_pass ON stack_entry (pass);
   CREATE INDEX stack_entry_of_stack ON stack_entry (host, stack, id);
   CREATE TABLE last_good (
     host TEXT NOT NULL,
     stack TEXT NOT NULL,
     commit_id TEXT NOT NULL,
     stack_hash TEXT NOT NULL,
     at INTEGER NOT NULL,
     images TEXT NOT NULL CHECK (json_valid(images)),
     PRIMARY KEY (host, stack)
   ) STRICT;`,
  `DROP TABLE last_good;
   ALTER TABLE stack_entry ADD COLUMN rollback TEXT CHECK (rollback IS NULL OR json_valid(rollback));
   ALTER TABLE stack_entry ADD COLUMN gate TEXT;`,
  `CREATE TABLE cleanup (
     id INTEGER PRIMARY KEY,
     host TEXT NOT NULL,
     "trigger" TEXT NOT NULL,
     started_at INTEGER NOT NULL,
     last_at INTEGER NOT NULL,
     images TEXT NOT NULL CHECK (json_valid(images)),
     bytes INTEGER NOT NULL,
     errors TEXT NOT NULL CHECK (json_valid(errors))
   ) STRICT;`,
];

/** Makes the tables, or brings them forward. Throws where the file is not ours, or ahead of this program. */
export function migrate(database: DatabaseSync, migrations: readonly string[] = MIGRATIONS): void {
  if (versionOf(database, migrations) === migrations.length) return;
  if (readPragma(database, "page_count") === 0) {
    // Both are decided once, and for the file as a whole.
    database.exec("PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL");
  }
  inTransaction(database, () => {
    // Somebody else may have done it while this one waited.
    const version = versionOf(database, migrations);
    for (const step of migrations.slice(version)) database.exec(step);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}`);
  });
}

/** 0 for a file without any table. */
export function versionOf(database: DatabaseSync, migrations: readonly string[] = MIGRATIONS): number {
  const version = readPragma(database, "user_version");
  if (readPragma(database, "application_id") !== APPLICATION_ID) {
    const { tables } = database.prepare("SELECT count(*) AS tables FROM sqlite_schema").get()!;
    if (version === 0 && tables === 0) return 0;
    throw new ForeignFile("it is no journal of Homeport");
  }
  if (version <= migrations.length) return version;
  throw new NewerJournal(
    `it is of version ${version}, and this Homeport knows up to version ${migrations.length}`,
  );
}

function readPragma(database: DatabaseSync, name: "application_id" | "page_count" | "user_version"): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()![name]);
}
