/** The whole of the tests in two parts, which run side by side: an engine is mostly waited for, and all the rest mostly computes. */
import { join, relative } from "node:path";

export interface TestPart {
  /** Arguments of `deno test`: which tests. */
  readonly selected: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** How a file says that it needs an engine: see `tests/engine/harness.ts`. */
const ENGINE_TEST = /^\s*(engineTest|registryTest|executableEngineTest)\(/m;

/** One process has the engine to itself, so that no test meets what another one does to it: a tag moved, an image removed. */
export async function wholeInParts(root: string): Promise<readonly TestPart[]> {
  const onEngine: string[] = [];
  for await (const file of testFiles(join(root, "tests"))) {
    if (ENGINE_TEST.test(await Deno.readTextFile(file))) onEngine.push(relative(root, file));
  }
  onEngine.sort();
  return [
    { selected: onEngine, env: {} },
    {
      selected: ["tests", `--ignore=${onEngine}`],
      env: withoutEngine("its file does not name engineTest()"),
    },
  ];
}

async function* testFiles(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) yield* testFiles(path);
    else if (name.endsWith("_test.ts")) yield path;
  }
}

/** What needs an engine nevertheless is skipped, and says why. */
function withoutEngine(reason: string): Record<string, string> {
  return {
    HOMEPORT_TEST_ENGINE: "",
    HOMEPORT_TEST_ENGINE_MISSING: reason,
    HOMEPORT_TEST_REGISTRY: "",
    HOMEPORT_TEST_REGISTRY_MISSING: reason,
  };
}
