/** What the journal has of a host, newest first; what came again counts from its last time. */
import type { DatabaseSync } from "node:sqlite";
import type { History, HistoryEntry, HistoryOptions } from "../reconcile/history/history.ts";
import type { PassOutcome, StackRecord } from "../reconcile/history/pass_record.ts";

type Row = Readonly<Record<string, unknown>>;

export function readHistory(
  database: DatabaseSync,
  { host, stack, limit }: HistoryOptions,
): History["entries"] {
  const passColumns =
    'pass.id AS pass, "trigger", started_at, commit_id, author, subject, pass.outcome AS pass_outcome, error';
  const stacks = database.prepare(
    `SELECT ${passColumns}, stack_entry.* FROM stack_entry JOIN pass ON pass.id = stack_entry.pass
     WHERE stack_entry.host = :host AND (:stack IS NULL OR stack = :stack)
     ORDER BY stack_entry.last_at DESC, stack_entry.id DESC LIMIT :limit`,
  ).all({ host, stack: stack ?? null, limit });
  // That the whole pass failed is no entry of a stack.
  const passes = stack !== undefined ? [] : database.prepare(
    `SELECT ${passColumns}, repeated, last_at FROM pass WHERE host = :host AND error IS NOT NULL
     ORDER BY last_at DESC, id DESC LIMIT :limit`,
  ).all({ host, limit });
  const cleanups = stack !== undefined ? [] : database.prepare(
    "SELECT * FROM cleanup WHERE host = :host ORDER BY last_at DESC, id DESC LIMIT :limit",
  ).all({ host, limit });
  return [...passes.map(passEntry), ...stacks.map(stackEntry), ...cleanups.map(cleanupEntry)]
    .sort((a, b) => Date.parse(b.lastAt) - Date.parse(a.lastAt) || (b.pass ?? 0) - (a.pass ?? 0))
    .slice(0, limit);
}

function passEntry(row: Row): HistoryEntry {
  return {
    ...common(row),
    pass: Number(row["pass"]),
    repeated: Number(row["repeated"]),
    subject: { kind: "pass", outcome: row["pass_outcome"] as PassOutcome, error: String(row["error"]) },
  };
}

function stackEntry(row: Row): HistoryEntry {
  const { project, stack_hash: stackHash, rollback, gate } = row;
  return {
    ...common(row),
    pass: Number(row["pass"]),
    repeated: Number(row["repeated"]),
    subject: {
      kind: "stack",
      stack: String(row["stack"]),
      ...(project !== null && { project: String(project) }),
      action: row["action"] as StackRecord["action"],
      outcome: row["outcome"] as StackRecord["outcome"],
      ...(stackHash !== null && { stackHash: String(stackHash) }),
      milliseconds: Number(row["milliseconds"]),
      causes: JSON.parse(String(row["causes"])),
      operations: JSON.parse(String(row["operations"])),
      errors: JSON.parse(String(row["errors"])),
      images: JSON.parse(String(row["images"])),
      ...(rollback !== null && { rollback: JSON.parse(String(rollback)) }),
      ...(gate !== null && { gate: gate as NonNullable<StackRecord["gate"]> }),
    },
  };
}

function cleanupEntry(row: Row): HistoryEntry {
  const errors: readonly string[] = JSON.parse(String(row["errors"]));
  return {
    ...common(row),
    repeated: 0,
    subject: {
      kind: "cleanup",
      outcome: errors.length > 0 ? "failed" : "cleaned",
      images: JSON.parse(String(row["images"])),
      bytes: Number(row["bytes"]),
      errors,
    },
  };
}

function common(row: Row): Omit<HistoryEntry, "pass" | "repeated" | "subject"> {
  const { commit_id: id = null, author, subject } = row;
  return {
    trigger: String(row["trigger"]),
    startedAt: new Date(Number(row["started_at"])).toISOString(),
    ...(id !== null && {
      commit: {
        id: String(id),
        ...(author !== null && { author: String(author) }),
        ...(subject !== null && { subject: String(subject) }),
      },
    }),
    lastAt: new Date(Number(row["last_at"])).toISOString(),
  };
}
