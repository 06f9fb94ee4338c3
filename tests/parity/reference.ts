import { dirname, join } from "node:path";
import type { StringMap } from "../../lib/compose/project.ts";
import { composeCommand, findCompose, type FoundProgram, skipTest } from "../engine/environment.ts";
import type { CommandResult } from "../engine/harness.ts";

/** What `docker compose config` says of a project. */
export type Verdict =
  | { readonly accepted: true; readonly model: ReferenceModel }
  | { readonly accepted: false; readonly message: string };

// deno-lint-ignore no-explicit-any -- the model is JSON of many shapes; the tests read single places of it
export type ReferenceModel = Record<string, any>;

/** Files of a project by their path in its folder. `compose.yml` is the one that is asked about. */
export type ProjectFiles = Readonly<Record<string, string>>;

export interface Reference {
  readonly config: (files: ProjectFiles, variables?: Readonly<Record<string, string>>) => Promise<Verdict>;
}

/** Registers a test that asks the real `docker compose`; skipped where there is none. It may tell how many cases it compared. */
export function referenceTest(name: string, body: (reference: Reference) => Promise<number | void>): void {
  const compose = findCompose();
  if ("missing" in compose) return skipTest(name, compose.missing);
  const reference: Reference = {
    config: async (files, variables = {}) => {
      const folder = await Deno.makeTempDir({ prefix: "reference-" });
      try {
        await writeFiles(folder, files);
        return await verdictOf(compose, folder, variables);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  };
  Deno.test(name, async (test) => {
    const count = await body(reference);
    if (count !== undefined) await test.step(`${count} cases were compared with docker compose`, () => {});
  });
}

async function writeFiles(folder: string, files: ProjectFiles): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    await Deno.mkdir(dirname(file), { recursive: true });
    await Deno.writeTextFile(file, content);
  }
}

export interface ComposeCall {
  readonly folder: string;
  /** What follows `docker compose`. */
  readonly args: readonly string[];
  /** All that it sees of an environment, besides its own. */
  readonly variables: StringMap;
}

/** Odd input may make the reference hang or take all memory. */
const LIMITS = 'ulimit -v 4000000; exec timeout 20 "$0" "$@"';

export async function runCompose(
  program: FoundProgram,
  { folder, args, variables }: ComposeCall,
): Promise<CommandResult> {
  const { code, stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", LIMITS, ...composeCommand(program), ...args],
    cwd: folder,
    env: { HOME: "/home/me", ...variables, ...program.env, PATH: Deno.env.get("PATH") ?? "" },
    clearEnv: true,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

async function verdictOf(
  program: FoundProgram,
  folder: string,
  variables: StringMap,
): Promise<Verdict> {
  const args = ["config", "--format", "json"];
  const { code, stdout, stderr } = await runCompose(program, {
    folder,
    args,
    variables: { HOME: folder, ...variables },
  });
  if (code !== 0) return { accepted: false, message: stderr.trim() };
  return { accepted: true, model: JSON.parse(stdout.replaceAll("$$", "$")) };
}
