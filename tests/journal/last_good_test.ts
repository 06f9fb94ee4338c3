import assert from "node:assert/strict";
import { lastGoodOf } from "../../lib/journal/read.ts";
import type { PassRecord, StackRecord } from "../../lib/reconcile/pass_record.ts";
import { failing, journalTest, pass, stack, START, UNCHANGED } from "./journal_fixture.ts";

const SECOND: Partial<PassRecord> = { commit: { id: "second" } };

/** The last good commit after passes with these, one after the other; each from a commit of its own: `c0`, `c1` … */
const CASES: Readonly<Record<string, readonly [string | undefined, ...StackRecord[]]>> = {
  "deployed": ["c0", stack("web")],
  "deployed twice": ["c1", stack("web"), stack("web")],
  "deployed, then failing": ["c0", stack("web"), failing("web")],
  "deployed, then interrupted": ["c0", stack("web"), stack("web", { outcome: "interrupted" })],
  "deployed, then as it was": ["c0", stack("web"), stack("web", UNCHANGED), stack("other")],
  "deployed, then pruned": [undefined, stack("web"), stack("web", { action: "prune", outcome: "pruned" })],
  "found as it should be": ["c0", stack("web", UNCHANGED)],
  "failing": [undefined, failing("web")],
  "failing, then as it should be": [undefined, failing("web"), stack("web", UNCHANGED)],
  "deployed, with images that nobody could look up": [undefined, stack("web", { images: [] })],
};

for (const [what, [commit, ...stacks]] of Object.entries(CASES)) {
  journalTest(`of a stack that is ${what}, the last good commit is ${commit ?? "unknown"}`, async (t) => {
    // Another stack changes each time, so that there is something to write down.
    for (const [day, each] of stacks.entries()) {
      await t.record(pass([each, stack(`beside-${day}`)], { commit: { id: `c${day}` } }, day));
    }
    assert.equal(lastGoodOf(t.folder, "helium", "web")?.commit, commit);
  });
}

journalTest("the last good state has what a rollback needs", async ({ folder, record }) => {
  assert.equal(lastGoodOf(folder, "helium", "web"), undefined);
  await record(pass([stack("web")], SECOND));
  assert.deepEqual(lastGoodOf(folder, "helium", "web"), {
    stack: "web",
    commit: "second",
    stackHash: "5ac4",
    at: new Date(START + 1000),
    images: { web: { reference: "nginx:2", id: "sha256:2b", digest: "nginx@sha256:bb" } },
  });
  assert.equal(lastGoodOf(folder, "xenon", "web"), undefined);
});

journalTest("the last good state outlives the history", async ({ folder, record, entries }) => {
  await record(pass([stack("web")]));
  await record(pass([stack("dns")], SECOND, 200));
  assert.deepEqual(entries(), ["dns deployed"]);
  assert.equal(lastGoodOf(folder, "helium", "web")?.commit, "c0ffee");
});

journalTest("a state of which a part was masked is not kept, and the one before stays", async (t) => {
  await t.record(pass([stack("web")]));
  const images = [{ service: "web", after: { reference: "hunter22:1", id: "sha256:1" } }];
  await t.record(pass([stack("web", { images })], SECOND, 1));
  assert.equal(lastGoodOf(t.folder, "helium", "web")?.commit, "c0ffee");
}, { redact: (text) => text.replaceAll("hunter22", "***") });
