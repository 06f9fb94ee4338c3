/**
 * `deno task demo`
 *
 * The main job on a real Docker Engine, from a Git repository to running stacks, through a change, to a stack's removal. Leaves nothing
 * behind.
 */
import { join } from "node:path";
import { type CleanUp, withCleanUp } from "./clean_up.ts";
import { containerIds, foreignProjects, removeDemo } from "./demo/engine_view.ts";
import { type Homeport, makeHomeport } from "./demo/homeport.ts";
import { command, note, step } from "./demo/narration.ts";
import { firstFiles, HOST, makeDemoRepository, pathOf, secondFiles } from "./demo/repository.ts";
import { type AcquiredEngine, acquireEngine } from "./engine/acquire_engine.ts";
import { type DockerApi, openDockerApi } from "./engine/docker_api.ts";
import { say } from "./terminal.ts";

class DemoError extends Error {
  override readonly name = "DemoError";
}

if (import.meta.main) Deno.exit(await withCleanUp(demo));

async function demo(cleanUp: CleanUp): Promise<number> {
  say("Homeport: a Git repository says what each server runs, and Homeport makes it so.");
  const engine = await acquireEngine(note);
  if ("missing" in engine) {
    say(`Cannot run the demo: ${engine.missing}`);
    return 1;
  }
  cleanUp.defer(() => engine.stop());
  say(`Engine: ${engine.description}`);
  const api = openDockerApi(engine.socketPath);
  cleanUp.defer(() => api[Symbol.dispose]());
  try {
    await refuseForeignProjects(api);
    await removeDemo(api);
    cleanUp.defer(() => removeDemo(api));
    await walkThrough(engine, api, cleanUp);
    step("Clean up", "The demo's containers, networks, volumes, repository and checkout go.");
    return 0;
  } catch (error) {
    if (!(error instanceof DemoError)) throw error;
    say(`\nThe demo ends here: ${error.message}`);
    return 1;
  }
}

async function walkThrough(
  engine: AcquiredEngine,
  api: DockerApi,
  { defer, signal }: CleanUp,
): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "homeport-demo-" }));
  defer(() => Deno.remove(folder, { recursive: true }));
  const port = freePort();
  const address = `http://127.0.0.1:${port}/`;

  step(
    "A Git repository with three stacks",
    "A folder a host, a folder a stack, and the Compose files as they are.",
  );
  const repository = await makeDemoRepository(join(folder, "homelab"));
  const files = firstFiles(engine.images, port);
  const first = await repository.commit("Add three stacks", files);
  for (const path of Object.keys(files)) note(path);
  note(`committed as ${first}`);
  const homeport = await makeHomeport(join(folder, "homeport"), repository.folder, engine.dockerHost);
  const run = (expected: number, ...args: string[]): Promise<void> =>
    runCommand(homeport, expected, args, signal);

  step(
    "Apply it",
    "The startup order first, then the others side by side; inside a stack, dependencies first.",
  );
  await run(0, "apply", "--host", HOST);
  note(`${address} answers: ${await fetchPage(address)}`);

  step("What runs now?", "Read from the labels on the engine: there is no other state.");
  await run(0, "status", "--host", HOST);

  step("Commit a change", "Another page for demo-web, which mounts it; another image for demo-notes.");
  const second = await repository.commit("New page, new image", secondFiles(engine.images));
  note(`committed as ${second}`);

  step(
    "What would that do?",
    "A plan says what would happen and why, and touches nothing. Exit code 3: changes.",
  );
  await run(3, "plan", "--host", HOST, "--exit-code");

  step("Apply it", "Only what changed moves.");
  const before = await containerIds(api);
  await run(0, "apply", "--host", HOST);
  showMoves(before, await containerIds(api));
  note(`${address} answers: ${await fetchPage(address)}`);

  step("Apply it again", "Nothing changed, so nothing is done.");
  await run(0, "apply", "--host", HOST);

  step(
    "Remove a stack from Git",
    "Stacks that are gone from Git are taken down. Their volumes stay; here, until the clean-up.",
  );
  const third = await repository.commit("Photos moved elsewhere", {
    [pathOf("demo-photos", "compose.yml")]: undefined,
    [pathOf("demo-photos", ".env")]: undefined,
  });
  note(`committed as ${third}`);
  await run(0, "apply", "--host", HOST);
  await run(0, "status", "--host", HOST);
}

async function runCommand(
  homeport: Homeport,
  expected: number,
  args: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  command(`homeport ${args.join(" ")}`);
  const code = await homeport.run(args);
  signal.throwIfAborted();
  if (code !== expected) throw new DemoError(`homeport ${args[0]} gave exit code ${code}`);
}

function showMoves(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): void {
  for (const [name, id] of [...after].sort()) {
    note(`${before.get(name) === id ? "untouched  " : "recreated  "}${name}`);
  }
}

/** The server inside the container needs a moment after its start. */
async function fetchPage(address: string): Promise<string> {
  for (let tries = 0; tries < 50; tries++) {
    const text = await fetch(address).then(
      (response) => response.ok ? response.text() : undefined,
      () => undefined,
    );
    if (text !== undefined) return text.trim();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new DemoError(`nothing answers at ${address}`);
}

async function refuseForeignProjects(api: DockerApi): Promise<void> {
  const foreign = await foreignProjects(api);
  if (foreign.length > 0) {
    throw new DemoError(
      `the engine has Compose projects of the demo's names that are not its own: ${foreign.join(", ")}`,
    );
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
