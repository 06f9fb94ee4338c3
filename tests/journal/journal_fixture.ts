/** A journal in a folder of the test's own, and passes to write into it. */
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Journal } from "../../lib/journal/journal.ts";
import { findHistory } from "../../lib/journal/read.ts";
import type { PassRecord, StackRecord } from "../../lib/reconcile/history/pass_record.ts";

const DAY = 86_400_000;
export const START = Date.UTC(2026, 0, 2, 3, 4, 5);

export interface JournalTest {
  readonly folder: string;
  readonly file: string;
  record(pass: PassRecord): Promise<readonly string[]>;
  /** Each entry as `stack outcome`, newest first. */
  entries(): string[];
  /** Runs SQL on the file, as a program beside Homeport would. */
  sql(text: string): void;
  /** The bytes of every file in the folder, as text. */
  bytes(): string;
  /** The names in the folder that are no journal of today. */
  aside(): string[];
}

export function journalTest(
  name: string,
  body: (test: JournalTest) => Promise<void>,
  options: { readonly most?: number; readonly redact?: (text: string) => string } = {},
): void {
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir({ prefix: "homeport-journal-" });
    const file = join(folder, "journal.db");
    const journal = new Journal({
      dataDir: folder,
      retention: { keep: 90 * DAY, most: options.most ?? 10_000 },
      redact: options.redact ?? ((text) => text),
    });
    const names = () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    try {
      await body({
        folder,
        file,
        record: (pass) => journal.record(pass),
        entries: () =>
          findHistory(folder, { host: "helium", limit: 1000 })!.entries.map(({ subject }) =>
            `${subject.kind === "stack" ? subject.stack : "(pass)"} ${subject.outcome}`
          ),
        sql: (text) => {
          const database = new DatabaseSync(file);
          database.exec(text);
          database.close();
        },
        bytes: () =>
          names().map((name) => Buffer.from(Deno.readFileSync(join(folder, name))).toString("latin1")).join(
            "",
          ),
        aside: () => names().filter((each) => each.includes(".broken-")),
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** A pass that began so many days after the first one. */
export function pass(stacks: readonly StackRecord[], parts: Partial<PassRecord> = {}, day = 0): PassRecord {
  const at = START + day * DAY;
  return {
    host: "helium",
    trigger: "apply",
    startedAt: new Date(at),
    endedAt: new Date(at + 1000),
    commit: { id: "c0ffee", author: "Ada", subject: "Another image" },
    outcome: "deployed",
    stacks,
    ...parts,
  };
}

export function stack(name: string, parts: Partial<StackRecord> = {}): StackRecord {
  return {
    stack: name,
    project: name,
    action: "update",
    outcome: "deployed",
    stackHash: "5ac4",
    milliseconds: 420,
    causes: ["image of web changed"],
    operations: [{
      id: "recreate-container web-1",
      cause: "image of web changed",
      outcome: "done",
      milliseconds: 400,
    }],
    errors: [],
    images: [{
      service: "web",
      before: { reference: "nginx:1", id: "sha256:1a", digest: "nginx@sha256:aa" },
      after: { reference: "nginx:2", id: "sha256:2b", digest: "nginx@sha256:bb" },
    }],
    ...parts,
  };
}

/** One that cannot be deployed, and of which nothing was done. */
export function failing(name: string, error = "no such image"): StackRecord {
  return stack(name, {
    outcome: "failed",
    errors: [error],
    operations: [{ id: "pull-image app:1", cause: "it is not here", outcome: "failed", milliseconds: 7 }],
  });
}

export const UNCHANGED: Partial<StackRecord> = {
  action: "none",
  outcome: "unchanged",
  causes: [],
  operations: [],
};
