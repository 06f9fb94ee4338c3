/** Cases of the corpus with one file spoiled, and what comes of them. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { configTree } from "../../lib/compose/config_tree.ts";
import { loadProject } from "../../lib/compose/load.ts";
import { renderJson } from "../../lib/compose/render_config.ts";
import { resourceHashes } from "../../lib/compose/resource_hashes.ts";
import { ConfigurationError, formatError } from "../../lib/errors.ts";
import { memoryFiles } from "./disk_files.ts";
import { Dice, mutate } from "./mutations.ts";

/** By their paths in the stack's folder. */
export type CaseFiles = Readonly<Record<string, Uint8Array>>;

/** The cases that load, unspoiled: what is refused already says little. */
export function readCorpus(): CaseFiles[] {
  const corpus = fileURLToPath(new URL("../fixtures/compose", import.meta.url));
  return foldersOf(corpus).flatMap((topic) =>
    foldersOf(join(corpus, topic)).map((name) => filesBelow(join(corpus, topic, name)))
  ).filter((files) => load(files) === "loaded");
}

/** What the person who starts the case has set; the other files are read in the way of the stack. */
const VARIABLES = "variables.json";

/** The case with a file spoiled; the same seed gives the same. */
export function spoil(corpus: readonly CaseFiles[], seed: number): CaseFiles {
  const dice = new Dice(seed);
  const files = dice.pick(corpus);
  const path = dice.pick(Object.keys(files).filter((each) => each !== VARIABLES).sort());
  const texts = Object.values(dice.pick(corpus)).map((content) => new TextDecoder().decode(content));
  return { ...files, [path]: mutate(files[path]!, texts, dice) };
}

/** Whether it loads, or is refused in words. Throws what is neither. */
export function load(files: CaseFiles): "loaded" | "refused" {
  const contents = Object.fromEntries(
    Object.entries(files).map(([path, content]) => [`/repo/stack/${path}`, content]),
  );
  const variables = files[VARIABLES];
  try {
    const loaded = loadProject({
      folder: "/repo/stack",
      variables: variables === undefined ? {} : JSON.parse(new TextDecoder().decode(variables)),
      files: memoryFiles(contents),
      homeDir: "/home/me",
    });
    resourceHashes(loaded.project);
    renderJson(configTree(loaded));
    return "loaded";
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    formatError(error);
    return "refused";
  }
}

function filesBelow(folder: string, prefix = ""): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (const { name, isDirectory, isFile } of Deno.readDirSync(folder)) {
    if (isDirectory) Object.assign(files, filesBelow(join(folder, name), `${prefix}${name}/`));
    else if (isFile) {
      files[`${prefix}${name}`] = Deno.readFileSync(join(folder, name));
    }
  }
  return files;
}

function foldersOf(folder: string): string[] {
  return [...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name)
    .sort();
}
