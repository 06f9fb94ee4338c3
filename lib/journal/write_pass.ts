/** Writes one pass down. */
import { createHash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { PassRecord, StackRecord } from "../reconcile/history/pass_record.ts";
import { inTransaction } from "./transaction.ts";

/** `pass` holds no secret any more. */
export function writePass(database: DatabaseSync, pass: PassRecord): void {
  inTransaction(database, () => {
    const changed = pass.stacks.filter(({ outcome }) => outcome !== "unchanged");
    const news = changed.filter((stack) => !countRepeated(database, pass, stack));
    if (news.length === 0 && (pass.error === undefined || countRepeatedPass(database, pass))) return;
    const id = insertPass(database, pass);
    for (const stack of news) insertStack(database, pass, stack, id);
  });
}

/** A pass a minute would fill the journal with one mistake that nobody mends: what says the same again is counted. */
function countRepeated(database: DatabaseSync, pass: PassRecord, stack: StackRecord): boolean {
  if (stack.operations.some(({ outcome }) => outcome === "done")) return false;
  const last = database.prepare(
    "SELECT id, likeness FROM stack_entry WHERE host = ? AND stack = ? ORDER BY id DESC LIMIT 1",
  ).get(pass.host, stack.stack);
  if (last === undefined || last["likeness"] !== likenessOf(pass, stack)) return false;
  database.prepare("UPDATE stack_entry SET repeated = repeated + 1, last_at = ? WHERE id = ?")
    .run(pass.endedAt.getTime(), last["id"]!);
  return true;
}

function countRepeatedPass(database: DatabaseSync, pass: PassRecord): boolean {
  if (pass.stacks.some(({ outcome }) => outcome !== "unchanged")) return false;
  const last = database.prepare("SELECT id, likeness FROM pass WHERE host = ? ORDER BY id DESC LIMIT 1")
    .get(pass.host);
  if (last === undefined || last["likeness"] !== likenessOfPass(pass)) return false;
  database.prepare("UPDATE pass SET repeated = repeated + 1, last_at = ? WHERE id = ?")
    .run(pass.endedAt.getTime(), last["id"]!);
  return true;
}

function insertPass(database: DatabaseSync, pass: PassRecord): number {
  const { commit, endedAt, error = null } = pass;
  const { lastInsertRowid } = database.prepare(
    `INSERT INTO pass (host, "trigger", started_at, ended_at, outcome, commit_id, author, subject, error,
       likeness, last_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    pass.host,
    pass.trigger,
    pass.startedAt.getTime(),
    endedAt.getTime(),
    pass.outcome,
    commit?.id ?? null,
    commit?.author ?? null,
    commit?.subject ?? null,
    error,
    likenessOfPass(pass),
    endedAt.getTime(),
  );
  return Number(lastInsertRowid);
}

function insertStack(database: DatabaseSync, pass: PassRecord, stack: StackRecord, id: number): void {
  database.prepare(
    `INSERT INTO stack_entry (pass, host, stack, project, action, outcome, stack_hash, milliseconds, causes,
       operations, errors, images, rollback, gate, likeness, last_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    id,
    pass.host,
    stack.stack,
    stack.project ?? null,
    stack.action,
    stack.outcome,
    stack.stackHash ?? null,
    stack.milliseconds,
    JSON.stringify(stack.causes),
    JSON.stringify(stack.operations),
    JSON.stringify(stack.errors),
    JSON.stringify(stack.images),
    stack.rollback === undefined ? null : JSON.stringify(stack.rollback),
    stack.gate ?? null,
    likenessOf(pass, stack),
    pass.endedAt.getTime(),
  );
}

function likenessOf({ commit }: PassRecord, stack: StackRecord): string {
  const operations = stack.operations.map(({ id, cause, outcome }) => [id, cause, outcome]);
  return hash([commit?.id, stack.action, stack.outcome, stack.errors, stack.causes, operations]);
}

function likenessOfPass({ commit, outcome, error }: PassRecord): string {
  return hash([commit?.id, outcome, error]);
}

function hash(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
