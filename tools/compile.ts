/**
 * `deno task compile`
 *
 * Makes `dist/homeport`: one file that needs nothing else, with `stacks.config.ts` baked in.
 *
 * All code is bundled into `dist/homeport.bundle` first, which starts faster and takes less memory than modules apart, and leaves out what
 * no code imports. What is imported at need stays a file of its own there, so that a command loads only what it uses. `DENO_COMPILE` names another `deno` for the second step, and `DENORT_BIN` the runtime that goes into the executable,
 * for machines that cannot download one.
 */
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./engine/run.ts";
import { PROJECT_CONFIG } from "./entry.ts";
import { say } from "./terminal.ts";

/** All that the executable may ever do. No `run`, no `ffi`: it starts no program and loads no native code. */
export const PERMISSIONS: readonly string[] = [
  "--allow-read",
  "--allow-write",
  "--allow-net",
  "--allow-env",
  "--allow-sys=hostname",
  "--no-prompt",
];

/**
 * `run` gives memory back between passes, for which it collects garbage itself. What saves memory besides: a small space for new objects,
 * no code kept that is not in use, and of V8's compilers only the quick one that optimises, for what runs often. That is 20 MB less in a
 * `run`, and costs large plans next to nothing.
 */
export const V8_FLAGS: readonly string[] = [
  "--expose-gc",
  "--max-semi-space-size=2",
  "--bytecode-old-age=1",
  "--no-sparkplug",
  "--invocation-count-for-maglev=2000",
  "--no-concurrent-recompilation",
  "--no-opt",
];

/** Modules in one file have no folder of their own; packages in CommonJS ask for one. */
const BANNER = "const __filename = import.meta.filename, __dirname = import.meta.dirname;";

export class CompileError extends Error {
  override readonly name = "CompileError";
}

if (import.meta.main) {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const output = join(root, "dist", "homeport");
  try {
    await compile(join(root, "main.ts"), output);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    say(error.message);
    Deno.exit(1);
  }
  const { size } = await Deno.stat(output);
  say(`dist/homeport: ${(size / 2 ** 20).toFixed(1)} MiB`);
}

/** Compiles a program into one executable file, and leaves its bundle beside it. */
export async function compile(entry: string, output: string): Promise<void> {
  await Deno.mkdir(dirname(output), { recursive: true });
  const bundle = await bundleProgram(entry, `${output}.bundle`);
  const compiler = Deno.env.get("DENO_COMPILE") || Deno.execPath();
  const { code, stderr } = await run(compiler, compileArguments(bundle, output));
  if (code !== 0) {
    throw new CompileError(
      `Cannot compile ${basename(output)} with ${compiler}: ${firstWords(stderr)}\n` +
        "  → Give this machine access to Deno's downloads, or set DENORT_BIN to a runtime of the same release.",
    );
  }
}

/** The bundle needs no configuration, no lock file and no type-check any more. */
export function compileArguments(bundle: string, output: string): string[] {
  const plain = ["--quiet", "--no-config", "--no-lock", "--no-check"];
  return ["compile", ...plain, ...PERMISSIONS, `--v8-flags=${V8_FLAGS}`, "--output", output, bundle];
}

/** Gives the path of the bundle's first module. */
export async function bundleProgram(entry: string, folder: string): Promise<string> {
  await Deno.remove(folder, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  const { code, stderr } = await run(Deno.execPath(), [
    "bundle",
    "--quiet",
    `--config=${PROJECT_CONFIG}`,
    "--platform=deno",
    "--minify",
    "--code-splitting",
    // Optional native parts of packages: each has its own way without them.
    "--external=*.node",
    `--outdir=${folder}`,
    entry,
  ]);
  if (code !== 0) throw new CompileError(`Cannot bundle ${entry}: ${firstWords(stderr)}`);
  for (const { name } of Deno.readDirSync(folder)) await addBanner(join(folder, name));
  return join(folder, `${basename(entry, ".ts")}.js`);
}

async function addBanner(path: string): Promise<void> {
  const code = await Deno.readTextFile(path);
  if (/\b__(file|dir)name\b/.test(code)) await Deno.writeTextFile(path, `${BANNER}\n${code}`);
}

/** Without colours and without the addresses of Deno's own functions. */
function firstWords(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[0-9;]*m/g, "").split("\nStack backtrace:")[0]!.trim();
}
