/** `main.ts` with another configuration than the one beside it: for the demo, the tests and the benchmarks. */
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = new URL("../", import.meta.url);

/** Path of the project's `deno.json`, which says where packages come from. */
export const PROJECT_CONFIG: string = fileURLToPath(new URL("deno.json", root));

/** What the configuration file of a demo or a test imports its builders from. */
export const BUILDERS: string = new URL("lib/mod.ts", root).href;

/**
 * Writes `stacks.config.ts` and a `main.ts` that takes it into a folder, and gives the path of that `main.ts`. Every import but the
 * configuration leads to the project's own files.
 */
export async function writeEntry(folder: string, config: string): Promise<string> {
  const configPath = join(folder, "stacks.config.ts");
  await Deno.writeTextFile(configPath, config);
  const main = await Deno.readTextFile(new URL("main.ts", root));
  const rewritten = main.replace(
    /(["'])(\.\/[^"']+\.ts)\1/g,
    (_, _quote, specifier: string) =>
      JSON.stringify(
        specifier === "./stacks.config.ts" ? pathToFileURL(configPath).href : new URL(specifier, root).href,
      ),
  );
  const entry = join(folder, "main.ts");
  await Deno.writeTextFile(entry, rewritten);
  return entry;
}
