import type { DatabaseSync } from "node:sqlite";

/** All of it or nothing; of several writers one waits for the other. */
export function inTransaction(database: DatabaseSync, task: () => void): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    task();
    database.exec("COMMIT");
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

/** SQLite has done so itself after some errors, such as a full disk, and then refuses: the first error is the one that tells. */
function rollBack(database: DatabaseSync): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // Whatever is left goes when the file is closed.
  }
}
