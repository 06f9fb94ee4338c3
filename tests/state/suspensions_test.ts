import assert from "node:assert/strict";
import { join } from "node:path";
import { ALL_STACKS } from "../../lib/reconcile/state/stack_state.ts";
import { readSuspensions, removeSuspension, writeSuspension } from "../../lib/state/suspensions.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const NOW = new Date("2026-01-02T03:04:05Z");
const SINCE = "2026-01-02T03:00:00.000Z";

function suspensionsTest(name: string, body: (folder: string) => void): void {
  Deno.test(name, () => {
    using folder = temporaryFolder();
    body(folder.path);
  });
}

suspensionsTest("a suspension stands until it is removed, for its host alone", (folder) => {
  assert.deepEqual(readSuspensions(folder, "helium", NOW), {});
  writeSuspension(folder, "helium", "My Stack", { since: SINCE, reason: "moving house" });
  writeSuspension(folder, "helium", ALL_STACKS, { since: SINCE });
  assert.deepEqual(readSuspensions(folder, "xenon", NOW), {});
  assert.deepEqual(readSuspensions(folder, "helium", NOW), {
    "My Stack": { since: SINCE, reason: "moving house" },
    [ALL_STACKS]: { since: SINCE },
  });
  assert.equal(removeSuspension(folder, "helium", "My Stack"), true);
  assert.equal(removeSuspension(folder, "helium", "My Stack"), false);
  assert.deepEqual(Object.keys(readSuspensions(folder, "helium", NOW)), [ALL_STACKS]);
});

suspensionsTest("one whose time is over is not given, and removed", (folder) => {
  const until = (seconds: number) => new Date(NOW.getTime() + seconds * 1000).toISOString();
  writeSuspension(folder, "helium", "over", { since: SINCE, until: until(0) });
  writeSuspension(folder, "helium", "open", { since: SINCE, until: until(1) });
  assert.deepEqual(Object.keys(readSuspensions(folder, "helium", NOW)), ["open"]);
  const names = [...Deno.readDirSync(join(folder, "suspended", "helium"))].map(({ name }) => name);
  assert.deepEqual(names, ["open.json"]);
});

for (
  const text of [
    "",
    "{",
    "[]",
    '{"since": 5}',
    '{"since": "yesterday"}',
    '{"since": "2026-01-02", "until": 3}',
  ]
) {
  suspensionsTest(
    `a file that holds ${JSON.stringify(text)} suspends without an end, and says so`,
    (folder) => {
      writeSuspension(folder, "helium", "web", { since: SINCE });
      Deno.writeTextFileSync(join(folder, "suspended", "helium", "web.json"), text);
      const { web } = readSuspensions(folder, "helium", NOW);
      assert.equal(web!.until, undefined);
      assert.match(web!.reason!, /suspended\/helium\/web\.json cannot be read/);
    },
  );
}

suspensionsTest("what cannot be written is an error with what to do", (folder) => {
  Deno.writeTextFileSync(join(folder, "suspended"), "in the way");
  assert.throws(() => writeSuspension(folder, "helium", "web", { since: SINCE }), {
    name: "HomeportError",
    message: /^Cannot suspend stack web: /,
  });
  assert.deepEqual(readSuspensions(folder, "helium", NOW), {});
});
