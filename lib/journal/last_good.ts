/** What every stack last ran when all went well. */
import type { DatabaseSync } from "node:sqlite";
import type { LastGood, PassRecord, ServiceImage, StackRecord } from "../reconcile/pass_record.ts";

/**
 * A stack is good once it was deployed; or, where nothing is known of it, when there is nothing to do. One that failed before may look
 * the same.
 *
 * What was masked cannot be deployed again, so it is not kept.
 */
export function updateLastGood(
  database: DatabaseSync,
  pass: PassRecord,
  stack: StackRecord,
  plain: StackRecord,
): void {
  if (stack.outcome === "pruned") {
    database.prepare("DELETE FROM last_good WHERE host = ? AND stack = ?").run(pass.host, stack.stack);
    return;
  }
  const isGood = stack.outcome === "deployed" ||
    (stack.outcome === "unchanged" && !isKnown(database, pass.host, stack.stack));
  const state = lastGoodOf(pass, stack);
  if (!isGood || state === undefined) return;
  if (JSON.stringify(state) !== JSON.stringify(lastGoodOf(pass, plain))) return;
  database.prepare(
    "INSERT OR REPLACE INTO last_good (host, stack, commit_id, stack_hash, at, images) VALUES (?, ?, ?, ?, ?, ?)",
  ).run(
    pass.host,
    state.stack,
    state.commit,
    state.stackHash,
    state.at.getTime(),
    JSON.stringify(state.images),
  );
}

export function findLastGood(database: DatabaseSync, host: string, stack: string): LastGood | undefined {
  const row = database.prepare(
    "SELECT commit_id, stack_hash, at, images FROM last_good WHERE host = ? AND stack = ?",
  ).get(host, stack);
  return row && {
    stack,
    commit: String(row["commit_id"]),
    stackHash: String(row["stack_hash"]),
    at: new Date(Number(row["at"])),
    images: JSON.parse(String(row["images"])),
  };
}

export function findGoodImages(database: DatabaseSync, host: string): readonly string[] {
  return database.prepare("SELECT images FROM last_good WHERE host = ?").all(host).flatMap(({ images }) => {
    const byService: LastGood["images"] = JSON.parse(String(images));
    return Object.values(byService).flatMap(({ id, digest }) => digest === undefined ? [id] : [id, digest]);
  });
}

/** Without its images it is none: a tag may mean another one by then. */
function lastGoodOf({ commit, endedAt }: PassRecord, stack: StackRecord): LastGood | undefined {
  const images: Record<string, ServiceImage> = Object.fromEntries(
    stack.images.flatMap(({ service, after }) => after === undefined ? [] : [[service, after]]),
  );
  if (commit === undefined || stack.stackHash === undefined || Object.keys(images).length === 0) {
    return undefined;
  }
  return { stack: stack.stack, commit: commit.id, stackHash: stack.stackHash, at: endedAt, images };
}

function isKnown(database: DatabaseSync, host: string, stack: string): boolean {
  return database.prepare(
    `SELECT 1 FROM last_good WHERE host = :host AND stack = :stack
     UNION ALL SELECT 1 FROM stack_entry WHERE host = :host AND stack = :stack`,
  ).get({ host, stack }) !== undefined;
}
