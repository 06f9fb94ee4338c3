/** Opens the journal's file, to write or to read. */
import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { DamagedFile } from "./failure.ts";
import { migrate, MIGRATIONS, versionOf } from "./schema.ts";

/** Milliseconds that one program waits for another one's transaction. */
const LOCK_WAIT = 1000;

/** Makes the file where there is none, and brings an older one forward. */
export function openToWrite(path: string, migrations?: readonly string[]): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: LOCK_WAIT });
  try {
    migrate(database, migrations);
    checkWhole(database);
    // With the write-ahead log a crash of the machine loses the newest entries at most.
    database.exec("PRAGMA synchronous = NORMAL");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** What is damaged could be found much later, when more is lost. Takes some milliseconds, in a pass that took seconds. */
function checkWhole(database: DatabaseSync): void {
  const result = String(database.prepare("PRAGMA integrity_check(1)").get()!["integrity_check"]);
  if (result !== "ok") throw new DamagedFile(`it is damaged: ${result.replaceAll(/\s+/g, " ")}`);
}

/** Takes no lock that a writer would notice. `undefined`: there is nothing in it yet. */
export function openToRead(path: string, migrations = MIGRATIONS): DatabaseSync | undefined {
  const database = openReadOnly(path);
  try {
    const version = versionOf(database, migrations);
    if (version === migrations.length) return database;
    if (version > 0) throw new Error("it is of an older Homeport, and the next pass brings it forward");
    database.close();
    return undefined;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Where the folder cannot be written to, SQLite lacks a place for its shared memory: it needs none while nobody writes. */
function openReadOnly(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true, timeout: LOCK_WAIT });
  try {
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
    return database;
  } catch (error) {
    database.close();
    if (existsSync(`${path}-wal`)) throw error;
    return new DatabaseSync(`${pathToFileURL(path)}?immutable=1`, { readOnly: true });
  }
}
