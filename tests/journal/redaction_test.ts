import assert from "node:assert/strict";
import { Redactor } from "../../lib/secret.ts";
import { findHistory } from "../../lib/journal/read.ts";
import type { PassRecord } from "../../lib/reconcile/history/pass_record.ts";
import { journalTest, pass, stack } from "./journal_fixture.ts";

const SECRET = 'top "secret" value';
const redactor = new Redactor();
// A value may be one of Homeport's own words, too.
redactor.add([SECRET, "deployed", "update"]);
const options = { redact: (text: string) => redactor.redact(text) };

/** The same record with the secret in every text that it holds; texts that Homeport chooses stay. */
function withSecret(value: unknown, key = ""): unknown {
  if (typeof value === "string") {
    return ["outcome", "action", "trigger"].includes(key) ? value : `${value} ${SECRET}`;
  }
  if (Array.isArray(value)) return value.map((each) => withSecret(each));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, withSecret(each, name)]));
}

journalTest(
  "a secret in any text of a pass is masked before it is written",
  async ({ bytes, record, folder }) => {
    const spoiled = withSecret(pass([stack("web", { errors: ["no"] })], { error: "ended" })) as PassRecord;
    assert.deepEqual(await record(spoiled), []);
    assert.ok(bytes().includes("***"));
    for (const form of [SECRET, JSON.stringify(SECRET).slice(1, -1)]) {
      assert.ok(!bytes().includes(form), `the journal holds ${form}`);
    }
    const { entries } = findHistory(folder, { host: "helium ***", limit: 10 })!;
    assert.deepEqual(entries.map(({ subject }) => subject.outcome), ["deployed", "deployed"]);
  },
  options,
);

journalTest(
  "a secret at the place where a long text is cut is masked as a whole",
  async ({ bytes, record }) => {
    const error = `${"x".repeat(9_995)}${SECRET}`;
    await record(pass([stack("web", { errors: [error] })]));
    assert.ok(!bytes().includes("xtop"));
  },
  options,
);
