import assert from "node:assert/strict";
import { join } from "node:path";
import { findRun } from "../../lib/repository/find_run.ts";
import { lockDataDir } from "../../lib/repository/lock.ts";

const signal = new AbortController().signal;

Deno.test("a run is found as long as it holds its lock, and no other command is taken for it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    assert.equal(findRun(join(folder, "nowhere")), undefined);
    const apply = await lockDataDir(folder, { command: "apply --host helium", wait: false, signal });
    assert.equal(findRun(folder), undefined);
    apply.release();
    const run = await lockDataDir(folder, { kind: "run", command: "run --host helium", wait: false, signal });
    const found = findRun(folder);
    assert.equal(found?.pid, Deno.pid);
    assert.match(found!.since, /^\d{4}-.*Z$/);
    const file = join(folder, "run.lock");
    const text = Deno.readTextFileSync(file);
    run.release();
    assert.equal(findRun(folder), undefined);
    // One that was killed leaves its words, and no lock.
    Deno.writeTextFileSync(file, text);
    assert.equal(findRun(folder), undefined);
    (await lockDataDir(folder, { kind: "run", command: "run --host helium", wait: false, signal })).release();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
