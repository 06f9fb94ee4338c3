/**
 * What a test may use of the machine, as `deno task test` found it and put it in the environment. Without these variables, as when a
 * single file is run by hand, the engine that `DOCKER_HOST` names and the `docker` on the PATH serve.
 */

export interface FoundEngine {
  /** As `DOCKER_HOST` takes it; always `unix://…`. */
  readonly dockerHost: string;
  /** Two images that are on the engine, have different IDs, and run: busybox with its applets. */
  readonly images: { readonly one: string; readonly two: string };
}

export interface Missing {
  /** Why it cannot be had. */
  readonly missing: string;
}

export interface FoundProgram {
  readonly command: string;
  /** What the program needs in its environment, besides the PATH. */
  readonly env: Readonly<Record<string, string>>;
}

const RUN_BY_HAND = "run `deno task test`, or set DOCKER_HOST";

export function findEngine(): FoundEngine | Missing {
  const dockerHost = variable("HOMEPORT_TEST_ENGINE");
  if (dockerHost !== undefined) return { dockerHost, images: imagesOf(variable("HOMEPORT_TEST_IMAGES")) };
  const byHand = variable("DOCKER_HOST");
  const registry = variable("HOMEPORT_TEST_REGISTRY");
  if (byHand?.startsWith("unix://") && registry !== undefined) {
    return { dockerHost: byHand, images: { one: `${registry}/busybox:1`, two: `${registry}/busybox:2` } };
  }
  return { missing: variable("HOMEPORT_TEST_ENGINE_MISSING") ?? `no Docker Engine: ${RUN_BY_HAND}` };
}

/** The reference `docker compose`, of a release whose behaviour Homeport keeps to. */
export function findCompose(): FoundProgram | Missing {
  const command = variable("HOMEPORT_TEST_DOCKER");
  if (command !== undefined) {
    const config = variable("HOMEPORT_TEST_DOCKER_CONFIG");
    return { command, env: config === undefined ? {} : { DOCKER_CONFIG: config } };
  }
  if (isReferenceCompose("docker")) {
    const config = variable("DOCKER_CONFIG");
    return { command: "docker", env: config === undefined ? {} : { DOCKER_CONFIG: config } };
  }
  return { missing: variable("HOMEPORT_TEST_DOCKER_MISSING") ?? `no docker compose 2.40: ${RUN_BY_HAND}` };
}

let composeFound: readonly string[] | undefined;

/** `docker compose` as its plugin by itself, which takes half the time: `docker` starts every plugin before the one that is wanted. */
export function composeCommand({ command, env }: FoundProgram): readonly string[] {
  return composeFound ??= findPlugin(command, env) ?? [command, "compose"];
}

function findPlugin(command: string, env: FoundProgram["env"]): readonly string[] | undefined {
  const path = '{{range .ClientInfo.Plugins}}{{if eq .Name "compose"}}{{.Path}}{{end}}{{end}}';
  const { stdout } = new Deno.Command(command, {
    args: ["info", "--format", path],
    env: { ...env, DOCKER_HOST: "unix:///nonexistent" },
    stderr: "null",
  }).outputSync();
  const found = new TextDecoder().decode(stdout).trim();
  return found === "" ? undefined : [found];
}

/** `host:port` of a registry without TLS on the loopback interface that takes pushes; holds `busybox:1` and `busybox:2`. */
export function findRegistry(): { readonly registry: string } | Missing {
  const registry = variable("HOMEPORT_TEST_REGISTRY");
  if (registry !== undefined) return { registry };
  return { missing: variable("HOMEPORT_TEST_REGISTRY_MISSING") ?? `no image registry: ${RUN_BY_HAND}` };
}

/** The `git` program, for what a test needs of the other side: `git http-backend`, making odd repositories. */
export function findGit(): FoundProgram | Missing {
  const command = variable("HOMEPORT_TEST_GIT");
  if (command !== undefined) {
    const execPath = variable("HOMEPORT_TEST_GIT_EXEC_PATH");
    return { command, env: execPath === undefined ? {} : { GIT_EXEC_PATH: execPath } };
  }
  if (runs("git", ["--version"]) !== undefined) return { command: "git", env: {} };
  return { missing: variable("HOMEPORT_TEST_GIT_MISSING") ?? "no git program" };
}

/** Whether `tools/compile.ts` can make executables here. */
export function findCompiler(): { readonly compiler: true } | Missing {
  if (variable("HOMEPORT_TEST_COMPILER") !== undefined || variable("DENORT_BIN") !== undefined) {
    return { compiler: true };
  }
  return {
    missing: variable("HOMEPORT_TEST_COMPILER_MISSING") ??
      "whether deno compile works is not known: run `deno task test`",
  };
}

/** Registers a test that cannot run here. The reason stands in its name, where `deno task test` reads it for its summary. */
export function skipTest(name: string, reason: string): void {
  Deno.test({ name: `${name} (skipped: ${reason})`, ignore: true, fn: () => {} });
}

/** Registers a test that needs the `git` program; skipped where there is none. */
export function gitTest(name: string, body: (git: FoundProgram) => Promise<void> | void): void {
  const git = findGit();
  if ("missing" in git) skipTest(name, git.missing);
  else Deno.test(name, () => body(git));
}

/** The engine tests of this release of Compose are literal: another one hashes and names differently. */
const REFERENCE_COMPOSE = "2.40.";

function isReferenceCompose(command: string): boolean {
  return runs(command, ["compose", "version", "--short"])?.startsWith(REFERENCE_COMPOSE) ?? false;
}

function runs(command: string, args: readonly string[]): string | undefined {
  try {
    const { success, stdout } = new Deno.Command(command, { args: [...args], stderr: "null" }).outputSync();
    return success ? new TextDecoder().decode(stdout).trim().replace(/^v/, "") : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function imagesOf(value: string | undefined): FoundEngine["images"] {
  const [one, two] = (value ?? "").split(",");
  if (one === undefined || two === undefined || one === "" || two === "") {
    throw new Error("HOMEPORT_TEST_ENGINE is set, and HOMEPORT_TEST_IMAGES does not name two images");
  }
  return { one, two };
}

function variable(name: string): string | undefined {
  const value = Deno.env.get(name);
  return value === undefined || value === "" ? undefined : value;
}
