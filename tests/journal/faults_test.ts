/** Whatever happens to the file, a pass goes on, and its journal with it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { HomeportError } from "../../lib/errors.ts";
import { isUnusable, reasonOf } from "../../lib/journal/failure.ts";
import { Journal } from "../../lib/journal/journal.ts";
import { openToRead, openToWrite } from "../../lib/journal/open_database.ts";
import { findHistory } from "../../lib/journal/read.ts";
import { migrate, MIGRATIONS, versionOf } from "../../lib/journal/schema.ts";
import { type JournalTest, journalTest, pass, stack } from "./journal_fixture.ts";

const UNUSABLE: Readonly<Record<string, (t: JournalTest) => void>> = {
  "random bytes": ({ file }) => {
    const bytes = new Uint8Array(9000);
    for (const [index] of bytes.entries()) bytes[index] = index * 31 % 251;
    Deno.writeFileSync(file, bytes);
  },
  "a file that breaks off": ({ file }) => Deno.truncateSync(file, 5000),
  "a file without its beginning": ({ file }) => {
    const bytes = Deno.readFileSync(file);
    Deno.writeFileSync(file, bytes.fill(0, 0, 4096));
  },
  "a file with a hole that no write would meet": ({ file }) => {
    const bytes = Deno.readFileSync(file);
    Deno.writeFileSync(file, bytes.fill(0, bytes.length - 4096));
  },
  "a journal with an entry that is no JSON": ({ sql }) =>
    sql("PRAGMA ignore_check_constraints = ON; UPDATE stack_entry SET errors = 'spoiled'"),
  "a folder": ({ file }) => {
    Deno.removeSync(file);
    Deno.mkdirSync(file);
  },
  "a database of another program": ({ file, sql }) => {
    Deno.removeSync(file);
    sql("CREATE TABLE photos (id INTEGER)");
  },
  "a journal of a newer Homeport": ({ sql }) => sql("PRAGMA user_version = 99"),
  "a journal without a table": ({ sql }) => sql("DROP TABLE stack_entry"),
};

for (const [what, spoil] of Object.entries(UNUSABLE)) {
  journalTest(`${what} is set aside with a warning, and a new journal begun`, async (t) => {
    await t.record(pass([stack("old")]));
    spoil(t);
    const warnings = await t.record(pass([stack("new")], {}, 1));
    assert.equal(warnings.length, 1);
    const [aside] = t.aside();
    assert.equal(aside, "journal.db.broken-20260103T030406000Z");
    assert.match(warnings[0]!, /^the journal .*journal\.db (cannot be used|is of a newer Homeport): /);
    assert.ok(warnings[0]!.includes(aside!), warnings[0]);
    assert.deepEqual(t.entries(), ["new deployed"]);
    assert.deepEqual(await t.record(pass([stack("next")], {}, 2)), []);
    assert.deepEqual(t.entries(), ["next deployed", "new deployed"]);
  });
}

journalTest("what was in the way is set aside as it is, its write-ahead log with it", async (t) => {
  Deno.mkdirSync(t.file);
  Deno.writeTextFileSync(`${t.file}-wal`, "its newest entries");
  await t.record(pass([stack("new")], {}, 1));
  const [aside, log] = t.aside();
  assert.ok(Deno.statSync(join(t.folder, aside!)).isDirectory);
  assert.equal(log, `${aside}-wal`);
  assert.equal(Deno.readTextFileSync(join(t.folder, log!)), "its newest entries");
  assert.deepEqual(t.entries(), ["new deployed"]);
});

journalTest("of what was set aside the newest five stay", async (t) => {
  for (const day of [0, 1, 2, 3, 4, 5, 6]) {
    Deno.writeTextFileSync(t.file, "spoiled ".repeat(1000));
    await t.record(pass([stack("web")], {}, day));
  }
  assert.deepEqual(t.aside().map((name) => name.slice("journal.db.broken-".length, 26)), [
    "20260104",
    "20260105",
    "20260106",
    "20260107",
    "20260108",
  ]);
});

for (const [what, content] of [["missing", undefined], ["empty", ""]] as const) {
  journalTest(
    `a file that is ${what} becomes a journal without a word`,
    async ({ file, record, entries }) => {
      if (content !== undefined) Deno.writeTextFileSync(file, content);
      assert.deepEqual(await record(pass([stack("web")])), []);
      assert.deepEqual(entries(), ["web deployed"]);
    },
  );
}

Deno.test("a folder that cannot be written to is a warning", async () => {
  // Not even root makes files there.
  const journal = new Journal({
    dataDir: "/proc/self",
    retention: { keep: 1, most: 1 },
    redact: (text) => text,
  });
  const warnings = await journal.record(pass([stack("web")]));
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /^cannot write the journal \/proc\/self\/journal\.db: unable to open/);
});

journalTest(
  "a file that another program holds is a warning, and stays",
  async ({ file, record, entries, aside }) => {
    await record(pass([stack("old")]));
    const other = new DatabaseSync(file);
    other.exec("BEGIN IMMEDIATE");
    const warnings = await record(pass([stack("lost")], {}, 1));
    assert.deepEqual(warnings, [`cannot write the journal ${file}: another program holds it`]);
    assert.deepEqual(entries(), ["old deployed"], "a reader is kept out");
    other.exec("COMMIT");
    other.close();
    assert.deepEqual(await record(pass([stack("new")], {}, 2)), []);
    assert.deepEqual(entries(), ["new deployed", "old deployed"]);
    assert.deepEqual(aside(), []);
  },
);

journalTest("a disk that takes no more is a warning, and what was there stays", async (t) => {
  await t.record(pass([stack("old")]));
  const module = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const program = `
    import { Journal } from ${module("../../lib/journal/journal.ts")};
    import { pass, stack } from ${module("./journal_fixture.ts")};
    const retention = { keep: 1e12, most: 100 };
    const journal = new Journal({ dataDir: ${JSON.stringify(t.folder)}, retention, redact: (text) => text });
    const large = stack("large", { errors: Array.from({ length: 10 }, () => "x".repeat(9000)) });
    for (let day = 1; day < 4; day++) console.log((await journal.record(pass([large], {}, day))).join());
  `;
  // No file may grow beyond 64 KiB.
  const script = 'trap "" XFSZ; ulimit -f 64; exec "$0" eval "$1"';
  const { stdout, stderr } = await new Deno.Command("bash", {
    args: ["-c", script, Deno.execPath(), program],
  }).output();
  const warnings = new TextDecoder().decode(stdout).trim().split("\n");
  assert.equal(warnings.length, 3, new TextDecoder().decode(stderr));
  for (const warning of warnings) assert.match(warning, /^cannot write the journal .*: disk I\/O error$/);
  assert.deepEqual(t.aside(), []);
  assert.deepEqual(t.entries(), ["old deployed"]);
  assert.deepEqual(await t.record(pass([stack("new")], {}, 5)), []);
});

journalTest("two that write at the same time both write", async ({ folder, record, entries }) => {
  const other = new Journal({
    dataDir: folder,
    retention: { keep: 1e12, most: 100 },
    redact: (text) => text,
  });
  const days = [...Array(10).keys()];
  const warnings = await Promise.all(days.flatMap((day) => [
    record(pass([stack(`a${day}`)], {}, day)),
    other.record(pass([stack(`b${day}`)], {}, day)),
  ]));
  assert.deepEqual(warnings.flat(), []);
  assert.equal(new Set(entries()).size, 20);
});

journalTest(
  "a writer that dies in the middle of a pass leaves none of it",
  async ({ file, record, entries }) => {
    await record(pass([stack("old")]));
    const program = `
    import { DatabaseSync } from "node:sqlite";
    const database = new DatabaseSync(${JSON.stringify(file)});
    database.exec("PRAGMA cache_size = 1; BEGIN IMMEDIATE; DELETE FROM stack_entry; CREATE TABLE half (a TEXT)");
    for (let row = 0; row < 100; row++) database.exec("INSERT INTO half VALUES (hex(randomblob(4000)))");
    Deno.kill(Deno.pid, "SIGKILL");
  `;
    const dying = new Deno.Command(Deno.execPath(), { args: ["eval", program] });
    assert.equal((await dying.output()).signal, "SIGKILL");
    assert.ok(Deno.statSync(`${file}-wal`).size > 100_000, "it wrote nothing");
    assert.deepEqual(entries(), ["old deployed"]);
    assert.deepEqual(await record(pass([stack("new")], {}, 1)), []);
  },
);

journalTest(
  "a journal that cannot be read says so, and what happens to it",
  async ({ folder, file, sql, record }) => {
    await record(pass([stack("web")]));
    const read = () => findHistory(folder, { host: "helium", limit: 1 });
    const says = (pattern: RegExp) => (error: unknown) => {
      assert.ok(error instanceof HomeportError);
      assert.match(error.message, pattern);
      assert.match(error.hint!, /set aside by the next pass/);
      return true;
    };
    sql("PRAGMA user_version = 99");
    assert.throws(read, says(/journal\.db: it is of version 99, and this Homeport knows up to version 3$/));
    Deno.writeTextFileSync(file, "spoiled ".repeat(1000));
    assert.throws(read, says(/file is not a database/));
  },
);

const FAILURES: readonly (readonly [message: string, isUnusable: boolean, reason: string])[] = [
  ["database or disk is full", false, "the disk is full"],
  ["disk I/O error", false, "disk I/O error"],
  ["database is locked", false, "another program holds it"],
  ["database table is locked", false, "another program holds it"],
  ["attempt to write a readonly database", true, "attempt to write a readonly database"],
  ["database disk image is malformed", true, "database disk image is malformed"],
];

for (const [message, unusable, reason] of FAILURES) {
  Deno.test(`"${message}" ${unusable ? "asks for another file" : "passes by"}`, () => {
    const error = new Error(message);
    assert.deepEqual([isUnusable(error), reasonOf(error)], [unusable, reason]);
  });
}

journalTest(
  "a journal of an older version is not read before it was brought forward",
  async ({ file, record }) => {
    await record(pass([stack("web")]));
    const newer = [...MIGRATIONS, "CREATE TABLE more (id INTEGER)"];
    assert.throws(() => openToRead(file, newer), { message: /older Homeport/ });
    openToWrite(file, newer).close();
    openToRead(file, newer)!.close();
  },
);

Deno.test("a journal of an older version is brought forward, with what is in it", () => {
  const database = new DatabaseSync(":memory:");
  migrate(database);
  database.exec(`INSERT INTO pass (host, "trigger", started_at, ended_at, outcome, likeness, last_at)
    VALUES ('helium', 'apply', 1, 2, 'deployed', '', 2)`);
  const newer = [...MIGRATIONS, "ALTER TABLE pass ADD COLUMN note TEXT DEFAULT 'none'"];
  migrate(database, newer);
  assert.equal(versionOf(database, newer), MIGRATIONS.length + 1);
  const row = database.prepare("SELECT host, note FROM pass").get();
  assert.deepEqual({ ...row }, { host: "helium", note: "none" });
  assert.throws(() => versionOf(database), { name: "NewerJournal" });
  database.close();
});

Deno.test("a migration that fails leaves the journal as it was", () => {
  const database = new DatabaseSync(":memory:");
  migrate(database);
  assert.throws(() => migrate(database, [...MIGRATIONS, "DROP TABLE stack_entry; DROP TABLE nothing"]));
  assert.equal(versionOf(database), MIGRATIONS.length);
  database.exec("SELECT * FROM stack_entry");
  database.close();
});
