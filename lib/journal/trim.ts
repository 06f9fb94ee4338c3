/** Lets go of what is old, so that the journal does not grow for ever. */
import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "./transaction.ts";

export interface Retention {
  /** Milliseconds that an entry is kept since it last came. */
  readonly keep: number;
  /** Entries of stacks, and as many passes that came to no stack, and cleanups. */
  readonly most: number;
}

export function trim(database: DatabaseSync, { keep, most }: Retention, now: Date): void {
  const oldest = now.getTime() - keep;
  const before = (table: string) => `(SELECT id FROM ${table} ORDER BY id DESC LIMIT 1 OFFSET :most)`;
  const isEmpty = "NOT EXISTS (SELECT 1 FROM stack_entry WHERE stack_entry.pass = pass.id)";
  inTransaction(database, () => {
    database.prepare(`DELETE FROM stack_entry WHERE last_at < :oldest OR id <= ${before("stack_entry")}`)
      .run({ oldest, most });
    database.prepare(
      `DELETE FROM pass WHERE ${isEmpty} AND (error IS NULL OR last_at < :oldest OR id <= ${before("pass")})`,
    ).run({ oldest, most });
    database.prepare(`DELETE FROM cleanup WHERE last_at < :oldest OR id <= ${before("cleanup")}`)
      .run({ oldest, most });
  });
  // Each step gives back one page, and `exec` takes one step.
  database.prepare("PRAGMA incremental_vacuum").all();
}
