/** Reads the journal: needs no lock, and disturbs nobody who writes. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { HomeportError } from "../errors.ts";
import type { History, HistoryOptions } from "../reconcile/history/history.ts";
import { isUnusable, reasonOf } from "./failure.ts";
import { JOURNAL_FILE } from "./journal.ts";
import { openToRead } from "./open_database.ts";
import { readHistory } from "./read_history.ts";

/** `undefined`: there is no journal yet. */
export function findHistory(dataDir: string, options: HistoryOptions): History | undefined {
  return read(dataDir, (database, lastPass) => ({
    host: options.host,
    lastPass,
    entries: readHistory(database, options),
  }));
}

function read<Result>(
  dataDir: string,
  task: (database: DatabaseSync, lastPass: string) => Result,
): Result | undefined {
  const path = join(dataDir, JOURNAL_FILE);
  if (!existsSync(path)) return undefined;
  try {
    const database = openToRead(path);
    if (database === undefined) return undefined;
    try {
      return task(database, (Deno.statSync(path).mtime ?? new Date(0)).toISOString());
    } finally {
      database.close();
    }
  } catch (cause) {
    throw new HomeportError(`Cannot read the journal ${path}: ${reasonOf(cause)}`, {
      hint: isUnusable(cause)
        ? "check the file's permissions; what cannot be read is set aside by the next pass that has something to write"
        : "try again",
      cause,
    });
  }
}
