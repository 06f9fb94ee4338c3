import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { wholeInParts } from "../../tools/test_parts.ts";

const FILES = {
  "tests/engine/pull_test.ts": `registryTest("pulls", async () => {});`,
  "tests/engine/tar_test.ts": `Deno.test("packs", () => {});`,
  "tests/executable/deep/run_test.ts": `executableEngineTest("runs", async () => {});`,
  "tests/engine/harness.ts": `export function engineTest(name: string) {}`,
};

Deno.test("files that need an engine are one part of the tests, and all that are left the other one", async () => {
  const root = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(FILES)) {
      await Deno.mkdir(dirname(join(root, name)), { recursive: true });
      await Deno.writeTextFile(join(root, name), text);
    }
    const [onEngine, rest] = await wholeInParts(root);
    const files = ["tests/engine/pull_test.ts", "tests/executable/deep/run_test.ts"];
    assert.deepEqual(onEngine, { selected: files, env: {} });
    assert.deepEqual(rest!.selected, ["tests", `--ignore=${files}`]);
    assert.equal(rest!.env["HOMEPORT_TEST_ENGINE"], "");
    assert.match(rest!.env["HOMEPORT_TEST_ENGINE_MISSING"]!, /engineTest/);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
