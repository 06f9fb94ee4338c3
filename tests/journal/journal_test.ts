import assert from "node:assert/strict";
import { findHistory } from "../../lib/journal/read.ts";
import { failing, journalTest, pass, stack, START, UNCHANGED } from "./journal_fixture.ts";

const ALL = { host: "helium", limit: 1000 };

journalTest("what was written is read again, every part of it", async ({ folder, record }) => {
  const written = stack("web", { errors: ["it failed\n  → mend it"] });
  assert.deepEqual(await record(pass([written])), []);
  assert.deepEqual(findHistory(folder, ALL), {
    host: "helium",
    lastPass: new Date(START + 1000).toISOString(),
    entries: [{
      pass: 1,
      trigger: "apply",
      startedAt: new Date(START).toISOString(),
      commit: { id: "c0ffee", author: "Ada", subject: "Another image" },
      repeated: 0,
      lastAt: new Date(START + 1000).toISOString(),
      subject: { kind: "stack", ...written },
    }],
  });
});

journalTest("what is not known of a pass stays unknown", async ({ folder, record }) => {
  const { project: _, stackHash: __, ...broken } = failing("web");
  const { commit: ___, ...unknown } = pass([broken]);
  await record(unknown);
  const [entry] = findHistory(folder, ALL)!.entries;
  assert.equal(entry!.commit, undefined);
  assert.deepEqual(entry!.subject, { kind: "stack", ...broken });
});

journalTest("the newest comes first, of one stack or of all, and no more than asked for", async (t) => {
  for (const day of [0, 1, 2]) await t.record(pass([stack("web"), stack(`only-${day}`)], {}, day));
  const names = (options: { readonly stack?: string; readonly limit: number }) =>
    findHistory(t.folder, { host: "helium", ...options })!.entries.map(({ subject, startedAt }) =>
      `${startedAt.slice(8, 10)} ${subject.kind === "stack" && subject.stack}`
    );
  assert.deepEqual(names({ limit: 3 }), ["04 only-2", "04 web", "03 only-1"]);
  assert.deepEqual(names({ stack: "web", limit: 2 }), ["04 web", "03 web"]);
  assert.deepEqual(names({ stack: "gone", limit: 2 }), []);
});

journalTest("hosts that share a data folder have a history each", async ({ folder, record, entries }) => {
  await record(pass([stack("web")]));
  await record(pass([stack("dns")], { host: "xenon" }));
  assert.deepEqual(entries(), ["web deployed"]);
  assert.equal(findHistory(folder, { ...ALL, host: "xenon" })!.entries.length, 1);
});

journalTest(
  "a pass without anything to do leaves its time and no entry",
  async ({ folder, record, file }) => {
    await record(pass([stack("web")]));
    const before = Deno.readFileSync(file);
    assert.deepEqual(await record(pass([stack("web", UNCHANGED)], { outcome: "unchanged" }, 3)), []);
    assert.deepEqual(Deno.readFileSync(file), before, "the file was written");
    const history = findHistory(folder, ALL)!;
    assert.equal(history.entries.length, 1);
    assert.equal(history.lastPass, "2026-01-05T03:04:06.000Z");
  },
);

journalTest(
  "a stack without a change leaves no entry beside one that changed",
  async ({ record, entries }) => {
    await record(pass([stack("web", UNCHANGED), stack("dns")]));
    assert.deepEqual(entries(), ["dns deployed"]);
  },
);

journalTest(
  "the same failure is counted, until something is different",
  async ({ folder, record, entries }) => {
    for (const day of [0, 1, 2]) {
      const slower = failing("web");
      const operations = slower.operations.map((each) => ({ ...each, milliseconds: day }));
      await record(pass([{ ...slower, operations, milliseconds: day }], { outcome: "failed" }, day));
    }
    const [entry, ...others] = findHistory(folder, ALL)!.entries;
    assert.deepEqual(others, []);
    assert.deepEqual([entry!.repeated, entry!.startedAt, entry!.lastAt], [
      2,
      "2026-01-02T03:04:05.000Z",
      "2026-01-04T03:04:06.000Z",
    ]);
    await record(pass([failing("web", "no route")], {}, 3));
    await record(pass([failing("web")], {}, 4));
    await record(pass([failing("web")], { commit: { id: "beef" } }, 5));
    assert.equal(entries().length, 4);
  },
);

journalTest("a failure that did something is an entry each time", async ({ record, entries }) => {
  const { operations } = stack("web");
  for (const day of [0, 1]) await record(pass([{ ...failing("web"), operations }], {}, day));
  assert.equal(entries().length, 2);
});

journalTest("a pass without anything to do begins a journal where there is none", async (t) => {
  await t.record(pass([stack("web", UNCHANGED)], { outcome: "unchanged" }));
  assert.deepEqual(t.entries(), []);
});

journalTest("what came again stands where it last came", async ({ record, entries }) => {
  await record(pass([failing("stuck")]));
  await record(pass([stack("web")], {}, 1));
  await record(pass([failing("stuck")], {}, 2));
  assert.deepEqual(entries(), ["stuck failed", "web deployed"]);
});

journalTest("a pass that failed as a whole is an entry, and counted when it comes again", async (t) => {
  const gone = { error: "the remote is away", outcome: "failed" } as const;
  await t.record(pass([], gone));
  await t.record(pass([], gone, 1));
  await t.record(pass([stack("web")], {}, 2));
  await t.record(pass([], gone, 3));
  assert.deepEqual(t.entries(), ["(pass) failed", "web deployed", "(pass) failed"]);
  const { entries } = findHistory(t.folder, ALL)!;
  assert.deepEqual(entries.map(({ repeated }) => repeated), [0, 0, 1]);
});

journalTest("a pass that ended early keeps what it did to its stacks, and why it ended", async (t) => {
  await t.record(pass([stack("web")], { error: "ended", outcome: "interrupted" }));
  assert.deepEqual(t.entries(), ["(pass) interrupted", "web deployed"]);
});

journalTest("a file that nothing was written to has no history", ({ folder, file }) => {
  Deno.writeTextFileSync(file, "");
  assert.equal(findHistory(folder, ALL), undefined);
  return Promise.resolve();
});

Deno.test("a folder without a journal has no history, and gets no file by asking", async () => {
  const folder = await Deno.makeTempDir();
  assert.equal(findHistory(folder, ALL), undefined);
  assert.deepEqual([...Deno.readDirSync(folder)], []);
  await Deno.remove(folder);
});

Deno.test("the journal is not loaded until something is written or read", async () => {
  const loads = async (entry: string): Promise<boolean> => {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--quiet", new URL(`../../lib/${entry}`, import.meta.url).pathname],
    }).output();
    const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
      readonly modules: readonly {
        readonly specifier: string;
        readonly dependencies?: readonly {
          readonly isDynamic?: boolean;
          readonly code?: { readonly specifier: string };
        }[];
      }[];
    };
    const byName = new Map(modules.map((module) => [module.specifier, module]));
    const seen = new Set<string>();
    const visit = (specifier: string): void => {
      if (seen.has(specifier)) return;
      seen.add(specifier);
      for (const { isDynamic, code } of byName.get(specifier)?.dependencies ?? []) {
        if (isDynamic !== true && code !== undefined) visit(code.specifier);
      }
    };
    visit(modules.find(({ specifier }) => specifier.endsWith(`/lib/${entry}`))!.specifier);
    return seen.has("node:sqlite");
  };
  assert.equal(await loads("app.ts"), false);
  assert.equal(await loads("app/pass.ts"), false);
  assert.equal(await loads("journal/journal.ts"), false);
  assert.equal(await loads("journal/read.ts"), true);
});
