import assert from "node:assert/strict";
import { join } from "node:path";
import { setAside } from "../../lib/files/set_aside.ts";
import { namesIn, temporaryFolder } from "../temporary_folder.ts";

const COMPANIONS = { moved: ["-wal"], removed: ["-shm"] };
const at = (day: number) => new Date(Date.UTC(2026, 0, day));
const asideOf = (day: number) => `it.broken-2026010${day}T000000000Z`;

Deno.test("what is set aside keeps its content under a name of its time", () => {
  using folder = temporaryFolder();
  Deno.writeTextFileSync(join(folder.path, "it"), "content");
  assert.equal(setAside(join(folder.path, "it"), at(1)), asideOf(1));
  assert.deepEqual(namesIn(folder.path), [asideOf(1)]);
  assert.equal(Deno.readTextFileSync(join(folder.path, asideOf(1))), "content");
});

Deno.test("a folder is set aside with what is in it", () => {
  using folder = temporaryFolder();
  Deno.mkdirSync(join(folder.path, "it"));
  Deno.writeTextFileSync(join(folder.path, "it", "file"), "");
  setAside(join(folder.path, "it"), at(1), COMPANIONS);
  assert.deepEqual(namesIn(join(folder.path, asideOf(1))), ["file"]);
});

Deno.test("of a file's companions, those with a part of its content go along", () => {
  using folder = temporaryFolder();
  for (const name of ["it", "it-wal", "it-shm", "it-other"]) {
    Deno.writeTextFileSync(join(folder.path, name), name);
  }
  setAside(join(folder.path, "it"), at(1), COMPANIONS);
  assert.deepEqual(namesIn(folder.path), ["it-other", asideOf(1), `${asideOf(1)}-wal`].sort());
  assert.equal(Deno.readTextFileSync(join(folder.path, `${asideOf(1)}-wal`)), "it-wal");
});

for (const [what, companions] of [["alone", undefined], ["with companions", COMPANIONS]] as const) {
  Deno.test(`of what was set aside ${what} the newest five stay, files and folders alike`, () => {
    using folder = temporaryFolder();
    Deno.writeTextFileSync(join(folder.path, "other.broken-20260101T000000000Z"), "");
    for (const day of [1, 2, 3, 4, 5, 6, 7]) {
      if (day === 2) {
        Deno.mkdirSync(join(folder.path, "it"));
        Deno.writeTextFileSync(join(folder.path, "it", "file"), "");
      } else Deno.writeTextFileSync(join(folder.path, "it"), "");
      if (companions !== undefined && day !== 4) Deno.writeTextFileSync(join(folder.path, "it-wal"), "");
      setAside(join(folder.path, "it"), at(day), companions);
    }
    const days = [3, 4, 5, 6, 7];
    const logs = companions === undefined ? [] : days.filter((day) => day !== 4);
    assert.deepEqual(
      namesIn(folder.path),
      [
        ...days.map(asideOf),
        ...logs.map((day) => `${asideOf(day)}-wal`),
        "other.broken-20260101T000000000Z",
      ].sort(),
    );
  });
}

Deno.test("what is not there cannot be set aside", () => {
  using folder = temporaryFolder();
  assert.throws(() => setAside(join(folder.path, "it"), at(1)), Deno.errors.NotFound);
});
