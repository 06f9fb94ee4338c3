import assert from "node:assert/strict";
import { join } from "node:path";
import type { Told } from "../../lib/reconcile/news/stack_change.ts";
import { ToldFile } from "../../lib/state/told_file.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const TOLD: Told = { "stack web": { state: "failed", of: "h" } };

function inFolder(test: (folder: string, store: (host?: string) => ToldFile, warnings: string[]) => void) {
  using folder = temporaryFolder();
  const { path } = folder;
  const warnings: string[] = [];
  test(
    path,
    (host = "helium") => new ToldFile(join(path, "data"), host, (warning) => warnings.push(warning)),
    warnings,
  );
}

Deno.test("what was told is known to the next process, and to no other host", () => {
  inFolder((_, store) => {
    assert.deepEqual(store().told(), {});
    store().setTold(TOLD);
    store("neon").setTold({ engine: { state: "failed" } });
    assert.deepEqual(store().told(), TOLD);
    assert.deepEqual(store("neon").told(), { engine: { state: "failed" } });
  });
});

for (const broken of ["", "[]", "{", '{"helium":5}', '{"helium":{"stack web":"failed"}}']) {
  Deno.test(`a file with ${JSON.stringify(broken)} counts as nothing told, and is replaced`, () => {
    inFolder((folder, store, warnings) => {
      Deno.mkdirSync(join(folder, "data"));
      Deno.writeTextFileSync(join(folder, "data", "told.json"), broken);
      assert.deepEqual(store().told(), {});
      store().setTold(TOLD);
      assert.deepEqual(store().told(), TOLD);
      assert.deepEqual(warnings, []);
    });
  });
}

Deno.test("what cannot be written is a warning, and holds for this process", () => {
  inFolder((folder, store, warnings) => {
    Deno.writeTextFileSync(join(folder, "data"), "a file where the folder should be");
    const told = store();
    told.setTold(TOLD);
    assert.deepEqual(told.told(), TOLD);
    assert.match(warnings[0]!, /^cannot write .*told\.json, so that what was told may be told again: /);
    assert.deepEqual(store().told(), {});
  });
});
