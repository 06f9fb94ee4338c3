/** Fragments laid over each other, generated, merged here and by `docker compose`: every attribute, in every way. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { configTree } from "../../lib/compose/config_tree.ts";
import { loadProject } from "../../lib/compose/load.ts";
import { renderJson } from "../../lib/compose/render_config.ts";
import { ConfigurationError, ConfigurationProblems, formatError } from "../../lib/errors.ts";
import { memoryFiles } from "../compose/disk_files.ts";
import { SEED } from "../seed.ts";
import { CONFIG_FILES, filesOf, type MergePair, mergePair, STACK } from "./merge_pairs.ts";
import { sideBySide } from "../engine/parts.ts";
import { type ProjectFiles, type Reference, referenceTest } from "./reference.ts";

const PAIRS = 3_000;
const IN_ONE_PROJECT = 250;
/** A refused pair costs a process of its own. */
const REFUSED = 30;

referenceTest(
  `${PAIRS} generated pairs are merged, or refused, as by docker compose (seed ${SEED})`,
  async (reference) => {
    const pairs = fc.sample(mergePair, { seed: SEED, numRuns: PAIRS });
    const { accepted, refused } = judge(pairs);
    assert.ok(accepted.length > PAIRS / 2, `only ${accepted.length} pairs are accepted`);
    const differences: string[] = [];
    await sideBySide(batchesOf(accepted), async (batch) => {
      differences.push(...await compare(batch, reference));
    });
    await sideBySide(refused.slice(0, REFUSED), async ([pair, message]) => {
      if (typeof await theirs(reference, filesOf([pair])) !== "string") {
        differences.push(`wrongly refused: ${message}\n${JSON.stringify(pair)}`);
      }
    });
    assert.deepEqual(differences, [], `HOMEPORT_TEST_SEED=${SEED}`);
    return accepted.length + Math.min(refused.length, REFUSED);
  },
);

/** The refused ones with the message; those with a message that is new first. */
function judge(pairs: readonly MergePair[]): { accepted: MergePair[]; refused: [MergePair, string][] } {
  const accepted: MergePair[] = [];
  const [unheard, heard]: [MergePair, string][][] = [[], []];
  const messages = new Set<string>();
  for (const pair of pairs) {
    const result = ours(filesOf([pair]));
    if (typeof result !== "string") accepted.push(pair);
    else {
      const message = result.replaceAll(/[\w./-]*\d[\w./-]*/g, "…");
      (messages.has(message) ? heard! : unheard!).push([pair, result]);
      messages.add(message);
    }
  }
  return { accepted, refused: [...unheard!, ...heard!] };
}

function batchesOf(pairs: readonly MergePair[]): MergePair[][] {
  return Array.from(
    { length: Math.ceil(pairs.length / IN_ONE_PROJECT) },
    (_, index) => pairs.slice(index * IN_ONE_PROJECT, (index + 1) * IN_ONE_PROJECT),
  );
}

/** The differences in words. Pairs that only the reference refuses are found by halves. */
async function compare(batch: readonly MergePair[], reference: Reference): Promise<string[]> {
  const files = filesOf(batch);
  const there = await theirs(reference, files);
  const here = ours(files);
  if (typeof there === "string" || typeof here === "string") {
    if (batch.length === 1) {
      return [`${[here, there].find((each) => typeof each === "string")}\n${JSON.stringify(batch[0])}`];
    }
    const middle = batch.length >> 1;
    return [
      ...await compare(batch.slice(0, middle), reference),
      ...await compare(batch.slice(middle), reference),
    ];
  }
  return batch.flatMap((pair, index) => {
    const name = `${pair.section}${index}`;
    const [own, other] = [here, there].map((model) => JSON.stringify(model[pair.section]?.[name]));
    return own === other ? [] : [`${JSON.stringify(pair)}\n  here: ${own}\n  docker compose: ${other}`];
  });
}

type Model = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The model, or why it is refused. */
function ours(files: ProjectFiles): Model | string {
  const contents = Object.fromEntries(Object.entries(files).map(([path, text]) => [`/repo/${path}`, text]));
  try {
    const loaded = loadProject({
      folder: `/repo/${STACK}`,
      variables: { HOME: "/repo" },
      files: memoryFiles(contents),
      homeDir: "/repo",
    });
    return JSON.parse(renderJson(configTree(loaded)).replaceAll("$$", "$"));
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const problems = error instanceof ConfigurationProblems ? error.problems : [error];
    return problems.map(formatError).join("\n");
  }
}

async function theirs(reference: Reference, files: ProjectFiles): Promise<Model | string> {
  const verdict = await reference.config(files, { COMPOSE_FILE: CONFIG_FILES.join(":") });
  if (!verdict.accepted) return verdict.message;
  const folder = verdict.model["services"].where.volumes[0].source.replace(`/${STACK}/where`, "");
  return JSON.parse(JSON.stringify(verdict.model).replaceAll(folder, "/repo"));
}
