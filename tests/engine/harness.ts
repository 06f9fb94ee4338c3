/** Tests on a real Docker Engine: each with a project name and a folder of its own, and nothing left on the engine after it. */
import { randomBytes, randomInt } from "node:crypto";
import { join } from "node:path";
import { type DockerApi, openDockerApi, socketPathOf } from "../../tools/engine/docker_api.ts";
import {
  composeCommand,
  findCompose,
  findEngine,
  findRegistry,
  type FoundProgram,
  skipTest,
} from "./environment.ts";
import { removeProjects } from "./remove_projects.ts";

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Default: the test's folder. */
  readonly cwd?: string;
  /** The whole environment but for PATH, HOME and what reaches the engine. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What a test of the reference `docker compose` gets, whether it needs an engine or not. */
export interface ComposeTest {
  /** A name that no other test has: lower case, digits and a hyphen. */
  readonly project: string;
  /** A folder of the test's own, removed after it. Symlinks in its path are resolved. */
  readonly folder: string;
  /** Runs `docker compose …`. */
  compose(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Ends when the test has gone on for too long. */
  readonly signal: AbortSignal;
  /** A part of the test with a name of its own. */
  step(name: string, body: () => void | Promise<void>): Promise<boolean>;
}

export interface EngineTest extends ComposeTest {
  /** As `DOCKER_HOST` takes it. */
  readonly dockerHost: string;
  readonly socketPath: string;
  /** Two images that are on the engine, have different IDs, and run: busybox with its applets (sh, sleep, httpd, id …). */
  readonly images: { readonly one: string; readonly two: string };
  /** The first three parts of a subnet of the test's own, such as `10.201.17`: those that the engine gives out by itself are few. */
  readonly subnet: string;
  /** Plain calls to the engine, to see what is really there. */
  readonly api: DockerApi;
  /** Runs `docker …`. */
  docker(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
}

export interface EngineTestOptions {
  /** The test runs `docker` or `docker compose`. Default: false. */
  readonly compose?: boolean;
  /** Default: two minutes. */
  readonly timeoutSeconds?: number;
}

/**
 * Registers a test that needs a Docker Engine; skipped, with the reason, where none can be had. Afterwards everything on the engine whose
 * Compose project is the test's, or begins with it, is removed.
 */
export function engineTest(
  name: string,
  body: (test: EngineTest) => Promise<void>,
  options: EngineTestOptions = {},
): void {
  const engine = findEngine();
  if ("missing" in engine) return skipTest(name, engine.missing);
  const compose = findCompose();
  if (options.compose && "missing" in compose) return skipTest(name, compose.missing);
  const { dockerHost, images } = engine;
  const socketPath = socketPathOf(dockerHost);
  if (socketPath === undefined) return skipTest(name, `the engine at ${dockerHost} is not on this machine`);
  register(name, options, async (base) => {
    using api = openDockerApi(socketPath);
    const run =
      (first: (program: FoundProgram) => readonly string[]): ComposeTest["compose"] =>
      (args, { cwd, env } = {}) => {
        if ("missing" in compose) throw new Error(`${compose.missing} (the test must say { compose: true })`);
        const variables = { ...env, DOCKER_HOST: dockerHost };
        return runDocker(compose, [...first(compose), ...args], cwd ?? base.folder, variables);
      };
    try {
      await body({
        ...base,
        dockerHost,
        socketPath,
        images,
        subnet: `10.${128 + randomInt(120)}.${randomInt(256)}`,
        api,
        docker: run(({ command }) => [command]),
        compose: run(composeCommand),
      });
    } finally {
      await removeProjects(api, base.project);
    }
  });
}

/** Registers a test that pulls or pushes: as {@linkcode engineTest}, with the address of a registry. */
export function registryTest(
  name: string,
  body: (test: EngineTest & { readonly registry: string }) => Promise<void>,
  options: EngineTestOptions = {},
): void {
  const found = findRegistry();
  if ("missing" in found) skipTest(name, found.missing);
  else engineTest(name, (test) => body({ ...test, registry: found.registry }), options);
}

/** Registers a test that needs the reference `docker compose` and no engine. */
export function composeTest(
  name: string,
  body: (test: ComposeTest) => Promise<void>,
  options: Omit<EngineTestOptions, "compose"> = {},
): void {
  const compose = findCompose();
  if ("missing" in compose) return skipTest(name, compose.missing);
  register(name, options, (base) =>
    body({
      ...base,
      compose: (args, { cwd, env } = {}) =>
        runDocker(compose, [...composeCommand(compose), ...args], cwd ?? base.folder, {
          ...env,
          DOCKER_HOST: "unix:///nonexistent",
        }),
    }));
}

type Base = Pick<ComposeTest, "project" | "folder" | "signal" | "step">;

function register(name: string, options: EngineTestOptions, body: (base: Base) => Promise<void>): void {
  Deno.test({
    name,
    // Connections to the engine stay open between tests on purpose.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async (context) => {
      const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "homeport-test-" }));
      const seconds = options.timeoutSeconds ?? 120;
      const controller = new AbortController();
      const timer = setTimeout(
        () => controller.abort(new Error(`the test took longer than ${seconds} s`)),
        seconds * 1000,
      );
      try {
        const project = `hp${randomBytes(4).toString("hex")}`;
        await Promise.race([
          body({ project, folder, signal: controller.signal, step: (...step) => context.step(...step) }),
          failWhenAborted(controller.signal),
        ]);
      } finally {
        clearTimeout(timer);
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

function failWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true })
  );
}

/** The environment holds only what is named, so that nothing of the machine's changes what Compose resolves. */
async function runDocker(
  { env }: FoundProgram,
  [command = "", ...args]: readonly string[],
  cwd: string,
  variables: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  const path = Deno.env.get("PATH");
  const output = await new Deno.Command(command, {
    args,
    cwd,
    clearEnv: true,
    env: { ...path === undefined ? {} : { PATH: path }, HOME: join(cwd, ".no-home"), ...env, ...variables },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code: output.code, stdout: decoder.decode(output.stdout), stderr: decoder.decode(output.stderr) };
}
