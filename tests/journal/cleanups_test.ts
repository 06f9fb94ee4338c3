/** What the journal keeps of cleanups, and what it knows for them. */
import assert from "node:assert/strict";
import { Journal } from "../../lib/journal/journal.ts";
import { findHistory } from "../../lib/journal/read.ts";
import type { CleanupRecord } from "../../lib/reconcile/cleanup/cleanup_report.ts";
import { type JournalTest, journalTest, pass, stack, START } from "./journal_fixture.ts";

const DAY = 86_400_000;
const IMAGES = [{ id: "sha256:1a", references: ["nginx:1", "registry/hunter2:1"] }];

function journalOf({ folder }: JournalTest): Journal {
  return new Journal({
    dataDir: folder,
    retention: { keep: 90 * DAY, most: 2 },
    redact: (text) => text.replaceAll("hunter2", "***"),
  });
}

function cleanup(day: number, parts: Partial<CleanupRecord> = {}): CleanupRecord {
  const at = START + day * DAY;
  const times = { startedAt: new Date(at), endedAt: new Date(at + 500) };
  return { host: "helium", trigger: "schedule", ...times, images: IMAGES, bytes: 1234, errors: [], ...parts };
}

journalTest("a cleanup is in the history, without secrets, and is no pass", async (t) => {
  await t.record(pass([stack("web")]));
  const before = Deno.statSync(t.file).mtime;
  assert.deepEqual(await journalOf(t).recordCleanup(cleanup(1)), []);
  const failed = cleanup(2, { errors: ["cannot remove hunter2"] });
  assert.deepEqual(await journalOf(t).recordCleanup(failed), []);
  assert.deepEqual(await journalOf(t).recordCleanup(cleanup(2, { host: "xenon" })), []);
  assert.deepEqual(Deno.statSync(t.file).mtime, before, "the time of the last pass");
  const { entries } = findHistory(t.folder, { host: "helium", limit: 1 })!;
  assert.deepEqual(entries, [{
    trigger: "schedule",
    startedAt: new Date(START + 2 * DAY).toISOString(),
    lastAt: new Date(START + 2 * DAY + 500).toISOString(),
    repeated: 0,
    subject: {
      kind: "cleanup",
      outcome: "failed",
      images: [{ id: "sha256:1a", references: ["nginx:1", "registry/***:1"] }],
      bytes: 1234,
      errors: ["cannot remove ***"],
    },
  }]);
  assert.ok(!t.bytes().includes("hunter2"));
  const ofStack = findHistory(t.folder, { host: "helium", stack: "web", limit: 9 })!.entries;
  assert.deepEqual(ofStack.map(({ subject }) => subject.kind), ["stack"]);
});

journalTest("of too many cleanups, and of those that are too old, the oldest go", async (t) => {
  const journal = journalOf(t);
  const days = () =>
    findHistory(t.folder, { host: "helium", limit: 9 })!.entries.map(({ lastAt }) =>
      (Date.parse(lastAt) - START - 500) / DAY
    );
  for (const day of [0, 1, 2]) await journal.recordCleanup(cleanup(day));
  assert.deepEqual(days(), [2, 1]);
  await journal.recordCleanup(cleanup(91.5));
  assert.deepEqual(days(), [91.5, 2]);
});

journalTest("which images are ours is what any pass of the host saw before or after it", async (t) => {
  const journal = journalOf(t);
  assert.deepEqual(await journal.knownImages("helium"), [], "there is no journal yet");
  await t.record(pass([stack("web")]));
  await t.record(pass([stack("web")], {}, 1));
  await t.record(
    pass([stack("dns", { images: [{ service: "dns", after: { id: "sha256:3c" } }] })], { host: "xenon" }),
  );
  const before = Deno.statSync(t.file).mtime;
  assert.deepEqual(await journal.knownImages("helium"), [
    { stack: "web", project: "web", id: "sha256:1a", reference: "nginx:1" },
    { stack: "web", project: "web", id: "sha256:2b", reference: "nginx:2" },
  ]);
  assert.deepEqual(await journal.knownImages("xenon"), [{ stack: "dns", project: "dns", id: "sha256:3c" }]);
  assert.deepEqual(Deno.statSync(t.file).mtime, before);
});

journalTest("a journal that cannot be read is no reason to think that nothing is ours", async (t) => {
  Deno.writeTextFileSync(t.file, "spoiled ".repeat(1000));
  await assert.rejects(journalOf(t).knownImages("helium"), {
    name: "HomeportError",
    message: /^Cannot read in the journal .*journal\.db which images are ours: file is not a database$/,
  });
  const [warning] = await journalOf(t).recordCleanup(cleanup(0));
  assert.match(warning!, /^cannot write the journal .*: file is not a database$/);
  assert.deepEqual(t.aside(), [], "setting it aside is for passes");
});
