/** What is read must become a project, or an error that says what to do, however spoiled it is. */
import assert from "node:assert/strict";
import { SEED } from "../seed.ts";
import { load, readCorpus, spoil } from "./spoiled_case.ts";

const FILES = 2_000;
/** Generous, for busy machines: an unbounded step takes far longer. */
const MOST_MILLISECONDS = 5_000;

Deno.test(`${FILES} spoiled files become a project or are refused, each in time (seed ${SEED})`, () => {
  const corpus = readCorpus();
  const counts = { loaded: 0, refused: 0 };
  for (let index = 0; index < FILES; index++) {
    const files = spoil(corpus, SEED + index);
    const start = performance.now();
    try {
      counts[load(files)]++;
    } catch (error) {
      assert.fail(`HOMEPORT_TEST_SEED=${SEED + index}: ${(error as Error).stack}\n${textsOf(files)}`);
    }
    const took = performance.now() - start;
    assert.ok(took < MOST_MILLISECONDS, `HOMEPORT_TEST_SEED=${SEED + index}: ${took} ms\n${textsOf(files)}`);
  }
  assert.ok(counts.loaded > FILES / 10 && counts.refused > FILES / 10, JSON.stringify(counts));
});

function textsOf(files: Readonly<Record<string, Uint8Array>>): string {
  return Object.entries(files).map(([path, content]) =>
    `--- ${path}\n${new TextDecoder().decode(content).slice(0, 2_000)}`
  ).join("\n");
}
