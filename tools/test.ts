/**
 * `deno task test [PATH… | NAME…] [--require-engine]`
 *
 * Finds or starts what the tests need, runs them, and ends with the skipped tests and their reasons, those that failed, and one line of
 * totals. Paths pick files or folders, other words tests by name; without either, two processes share the work. `--require-engine`: a
 * skipped test is a failure.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CleanUp, withCleanUp } from "./clean_up.ts";
import { compile, CompileError } from "./compile.ts";
import { acquireEngine } from "./engine/acquire_engine.ts";
import { acquireCompose, acquireGit, acquireRegistry } from "./engine/acquire_programs.ts";
import { runParts } from "./run_parts.ts";
import { say } from "./terminal.ts";
import { wholeInParts } from "./test_parts.ts";
import { formatSummary, sumOf } from "./test_report.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const LIMIT_MINUTES = 15;

if (import.meta.main) Deno.exit(await withCleanUp((cleanUp) => test(Deno.args, cleanUp)));

async function test(args: readonly string[], cleanUp: CleanUp): Promise<number> {
  const requireAll = args.includes("--require-engine");
  const selected = selection(args);
  const env = await acquireEnvironment(cleanUp);
  if (selected.some(holdsExecutableTests)) Object.assign(env, await acquireCompiler(cleanUp));
  if (cleanUp.signal.aborted) return 130;
  const parts = isWhole(selected) ? await wholeInParts(root) : [{ selected, env: {} }];
  const counts = sumOf(await runParts(parts, { root, env, signal: limited(cleanUp), defer: cleanUp.defer }));
  if (cleanUp.signal.aborted) return 130;
  for (const line of formatSummary(counts)) say(line);
  if (requireAll && counts.skipped.length > 0) {
    say("A test was skipped, and --require-engine wants all to run.");
  }
  say(`${counts.passed} passed, ${counts.failed.length} failed, ${counts.skipped.length} skipped`);
  return counts.failed.length > 0 || (requireAll && counts.skipped.length > 0) ? 1 : 0;
}

/** The variables that `tests/engine/environment.ts` reads. */
async function acquireEnvironment(cleanUp: CleanUp): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  const engine = await acquireEngine(say);
  if ("missing" in engine) {
    say(`Engine tests will be skipped: ${engine.missing}`);
    env["HOMEPORT_TEST_ENGINE_MISSING"] = engine.missing;
    env["HOMEPORT_TEST_REGISTRY_MISSING"] = engine.missing;
  } else {
    cleanUp.defer(() => engine.stop());
    say(`Using ${engine.description}`);
    env["HOMEPORT_TEST_ENGINE"] = engine.dockerHost;
    env["HOMEPORT_TEST_IMAGES"] = `${engine.images.one},${engine.images.two}`;
    const registry = await acquireRegistry(engine, say);
    if ("missing" in registry) env["HOMEPORT_TEST_REGISTRY_MISSING"] = registry.missing;
    else {
      cleanUp.defer(() => registry.stop());
      env["HOMEPORT_TEST_REGISTRY"] = registry.registry;
    }
  }
  const compose = await acquireCompose(say);
  if ("missing" in compose) env["HOMEPORT_TEST_DOCKER_MISSING"] = compose.missing;
  else {
    env["HOMEPORT_TEST_DOCKER"] = compose.command;
    if (compose.configFolder !== undefined) env["HOMEPORT_TEST_DOCKER_CONFIG"] = compose.configFolder;
  }
  const git = await acquireGit(say);
  if ("missing" in git) env["HOMEPORT_TEST_GIT_MISSING"] = git.missing;
  else {
    env["HOMEPORT_TEST_GIT"] = git.command;
    if (git.execPath !== undefined) env["HOMEPORT_TEST_GIT_EXEC_PATH"] = git.execPath;
  }
  return env;
}

function isWhole(selected: readonly string[]): boolean {
  return selected.length === 1 && /^(\.\/)?tests\/?$/.test(selected[0]!);
}

function holdsExecutableTests(path: string): boolean {
  return isWhole([path]) || /^(\.\/)?tests\/executable\b/.test(path);
}

/** Whether executables can be made here is seen by making a small one. */
async function acquireCompiler({ defer }: CleanUp): Promise<Record<string, string>> {
  const folder = await Deno.makeTempDir({ prefix: "homeport-compile-" });
  defer(() => Deno.remove(folder, { recursive: true }));
  const probe = join(folder, "probe.ts");
  await Deno.writeTextFile(probe, "export {};\n");
  try {
    await compile(probe, join(folder, "probe"));
    return { HOMEPORT_TEST_COMPILER: "yes" };
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    say(`Tests of the executable will be skipped. ${error.message}`);
    return { HOMEPORT_TEST_COMPILER_MISSING: "deno compile cannot have its runtime here (see DENORT_BIN)" };
  }
}

/** The arguments for `deno test`: paths as they are, the other words as one filter by name. */
function selection(args: readonly string[]): string[] {
  const words = args.filter((arg) => !arg.startsWith("--"));
  const paths = words.filter(isPath);
  const names = words.filter((word) => !isPath(word)).map((word) =>
    word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")
  );
  const filter = names.length === 0 ? [] : ["--filter", `/${names.join("|")}/`];
  return [...filter, ...(paths.length === 0 ? ["tests"] : paths)];
}

function isPath(word: string): boolean {
  try {
    Deno.statSync(join(root, word));
    return true;
  } catch {
    return false;
  }
}

/** Aborted at an interruption, and when the time is up. */
function limited({ defer, signal }: CleanUp): AbortSignal {
  const controller = new AbortController();
  const limit = setTimeout(() => {
    say(`The tests ran for more than ${LIMIT_MINUTES} minutes, and were ended.`);
    controller.abort();
  }, LIMIT_MINUTES * 60_000);
  defer(() => clearTimeout(limit));
  return AbortSignal.any([signal, controller.signal]);
}
