/** Tests of compiled programs: each runs as one file, copied away from where it was made. */
import { join } from "node:path";
import { compile } from "../../tools/compile.ts";
import { writeEntry } from "../../tools/entry.ts";
import { findCompiler, skipTest } from "../engine/environment.ts";
import {
  type CommandResult,
  type EngineTest,
  engineTest,
  type EngineTestOptions,
} from "../engine/harness.ts";

export interface CompiledTest {
  readonly project: string;
  /** An empty folder with the executables and nothing else. */
  readonly elsewhere: string;
  /** Compiles Homeport with the text of a `stacks.config.ts`, and gives the path of the executable. */
  compile(config: string): Promise<string>;
  /** Compiles another program as Homeport is compiled. */
  compileProgram(source: string): Promise<string>;
}

/** Registers a test that compiles; skipped, with the reason, where `deno compile` cannot work. */
export function compiledTest(name: string, body: (test: CompiledTest) => Promise<void>): void {
  const compiler = findCompiler();
  if ("missing" in compiler) return skipTest(name, compiler.missing);
  Deno.test(name, async () => {
    const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "homeport-executable-" }));
    try {
      await body(await compiledIn(folder, "helium"));
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

/** The same with a Docker Engine. */
export function executableEngineTest(
  name: string,
  body: (test: CompiledTest & EngineTest) => Promise<void>,
  options: EngineTestOptions = {},
): void {
  const compiler = findCompiler();
  if ("missing" in compiler) skipTest(name, compiler.missing);
  else {engineTest(name, async (test) =>
      body({ ...test, ...await compiledIn(test.folder, test.project) }), options);}
}

async function compiledIn(folder: string, project: string): Promise<CompiledTest> {
  const elsewhere = join(folder, "elsewhere");
  await Deno.mkdir(elsewhere);
  const compileAway = async (entry: string): Promise<string> => {
    const made = join(folder, "made");
    await compile(entry, join(made, "homeport"));
    const executable = join(elsewhere, "homeport");
    await Deno.copyFile(join(made, "homeport"), executable);
    await Deno.remove(made, { recursive: true });
    return executable;
  };
  return {
    project,
    elsewhere,
    compile: async (config) => {
      const source = join(folder, "source");
      await Deno.mkdir(source);
      const executable = await compileAway(await writeEntry(source, config));
      // Nothing of what it was made from is there when it runs.
      await Deno.remove(source, { recursive: true });
      return executable;
    },
    compileProgram: async (source) => {
      const entry = join(folder, "program.ts");
      await Deno.writeTextFile(entry, source);
      return await compileAway(entry);
    },
  };
}

/** Runs an executable with nothing in its environment but what is given, not even a PATH. */
export async function runFile(
  executable: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  const { code, stdout, stderr } = await new Deno.Command(executable, {
    args: [...args],
    cwd,
    clearEnv: true,
    // The cache of compiled code goes where the test cleans up.
    env: { TMPDIR: cwd, HOME: cwd, ...env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
