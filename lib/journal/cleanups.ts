/** What cleanups did, and what they have to know: which images this host's deployments ran. */
import type { DatabaseSync } from "node:sqlite";
import type { CleanupRecord } from "../reconcile/cleanup/cleanup_report.ts";
import type { ImageChange } from "../reconcile/history/pass_record.ts";
import type { KnownImage } from "../reconcile/ports.ts";
import { inTransaction } from "./transaction.ts";

export function readKnownImages(database: DatabaseSync, host: string): readonly KnownImage[] {
  const rows = database.prepare("SELECT DISTINCT stack, project, images FROM stack_entry WHERE host = ?")
    .all(host);
  const known = new Map<string, KnownImage>();
  for (const { stack, project, images } of rows) {
    for (const { before, after } of JSON.parse(String(images)) as readonly ImageChange[]) {
      for (const image of [before, after]) {
        if (image === undefined) continue;
        const { id, reference } = image;
        known.set(JSON.stringify([stack, project, id, reference]), {
          stack: String(stack),
          ...(project !== null && { project: String(project) }),
          id,
          ...(reference !== undefined && { reference }),
        });
      }
    }
  }
  return [...known.values()];
}

export function writeCleanup(database: DatabaseSync, record: CleanupRecord): void {
  const { host, trigger, startedAt, endedAt, images, bytes, errors } = record;
  inTransaction(database, () => {
    database.prepare(
      'INSERT INTO cleanup (host, "trigger", started_at, last_at, images, bytes, errors) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ).run(
      host,
      trigger,
      startedAt.getTime(),
      endedAt.getTime(),
      JSON.stringify(images),
      bytes,
      JSON.stringify(errors),
    );
  });
}
