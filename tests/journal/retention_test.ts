import assert from "node:assert/strict";
import { failing, journalTest, pass, stack } from "./journal_fixture.ts";

journalTest("what is older than the retention goes, and what came again since then stays", async (t) => {
  await t.record(pass([stack("old"), failing("stuck")]));
  await t.record(pass([], { error: "away", outcome: "failed" }, 1));
  await t.record(pass([failing("stuck")], {}, 60));
  await t.record(pass([stack("new")], {}, 100));
  assert.deepEqual(t.entries(), ["new deployed", "stuck failed"]);
});

journalTest("of too many entries the oldest go", async (t) => {
  for (const day of [0, 1, 2, 3]) await t.record(pass([stack(`a${day}`), stack(`b${day}`)], {}, day));
  assert.deepEqual(t.entries(), ["b3 deployed", "a3 deployed", "b2 deployed"]);
}, { most: 3 });

journalTest("of too many passes that failed as a whole the oldest go", async (t) => {
  for (const day of [0, 1, 2, 3]) await t.record(pass([], { error: `fault ${day}`, outcome: "failed" }, day));
  assert.deepEqual(t.entries(), ["(pass) failed", "(pass) failed", "(pass) failed"]);
}, { most: 3 });

journalTest("the file gives back the room of what goes", async ({ file, record }) => {
  const large = stack("web", { errors: ["x".repeat(9000)] });
  for (let number = 0; number < 40; number++) await record(pass([large], {}, number / 10));
  const { size } = Deno.statSync(file);
  assert.ok(size > 40 * 9000, `${size} bytes`);
  await record(pass([stack("web")], {}, 200));
  assert.ok(Deno.statSync(file).size < size / 4, `${Deno.statSync(file).size} bytes of ${size}`);
});

journalTest("what is much too long is cut", async ({ bytes, record }) => {
  await record(pass([stack("web", { errors: [`${"x".repeat(1e6)} end`] })]));
  assert.ok(bytes().length < 200_000);
});
