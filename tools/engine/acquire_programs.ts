/** The programs that tests compare with or talk to: the reference `docker compose`, an image registry, git. */
import { join } from "node:path";
import { makeDaemonFolder, startDaemon } from "./daemon.ts";
import { openDockerApi } from "./docker_api.ts";
import type { AcquiredEngine } from "./acquire_engine.ts";
import { failureIn, removeImages } from "./images.ts";
import { cacheFolder, unpackPackages } from "./packages.ts";
import { type Log, run } from "./run.ts";

export interface Missing {
  readonly missing: string;
}

export interface AcquiredCompose {
  /** The `docker` program. */
  readonly command: string;
  /** A `DOCKER_CONFIG` folder with the plugin; absent for that of the user's home. */
  readonly configFolder?: string;
  /** Such as `2.40.3`. */
  readonly version: string;
}

/** The release whose behaviour Homeport keeps to, as the beginning of its version. */
const REFERENCE_COMPOSE = "2.40.";

export async function acquireCompose(log: Log): Promise<AcquiredCompose | Missing> {
  const own = await composeVersion("docker");
  if (own?.startsWith(REFERENCE_COMPOSE)) {
    const config = Deno.env.get("DOCKER_CONFIG");
    return { command: "docker", version: own, ...config && { configFolder: config } };
  }
  const [unpacked] = await unpackPackages(["reference"], log);
  if ("missing" in unpacked!) {
    return { missing: `no docker compose ${REFERENCE_COMPOSE}x: ${unpacked.missing}` };
  }
  const { root } = unpacked!;
  const configFolder = join(cacheFolder(), "reference-config");
  await Deno.mkdir(configFolder, { recursive: true });
  const plugins = join(root, "usr", "libexec", "docker", "cli-plugins");
  await Deno.symlink(plugins, join(configFolder, "cli-plugins")).catch((error) => {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  });
  const command = join(root, "usr", "bin", "docker");
  const version = await composeVersion(command, { DOCKER_CONFIG: configFolder });
  if (version?.startsWith(REFERENCE_COMPOSE)) return { command, configFolder, version };
  return {
    missing: `the docker compose that can be had is ${
      version ?? "not able to run"
    }, not ${REFERENCE_COMPOSE}x`,
  };
}

async function composeVersion(
  command: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string | undefined> {
  const { code, stdout } = await run(command, ["compose", "version", "--short"], { env });
  return code === 0 ? stdout.trim().replace(/^v/, "").split("-")[0] : undefined;
}

export interface AcquiredRegistry {
  /** `127.0.0.1:port`: an engine pulls from it without TLS. Holds `busybox:1` and `busybox:2`, which the engine has, too. */
  readonly registry: string;
  stop(): Promise<void>;
}

export async function acquireRegistry(
  engine: Pick<AcquiredEngine, "socketPath" | "images">,
  log: Log,
): Promise<AcquiredRegistry | Missing> {
  const [unpacked] = await unpackPackages(["registry"], log);
  if ("missing" in unpacked!) return { missing: `no image registry: ${unpacked.missing}` };
  const folder = await makeDaemonFolder("registry");
  const registry = `127.0.0.1:${freePort()}`;
  const configuration = join(folder, "registry.yml");
  await Deno.writeTextFile(
    configuration,
    [
      "version: 0.1",
      "log: { level: error }",
      `storage: { filesystem: { rootdirectory: ${folder}/data }, delete: { enabled: true } }`,
      `http: { addr: "${registry}" }`,
      "",
    ].join("\n"),
  );
  const daemon = await startDaemon({
    name: "the image registry",
    folder,
    command: join(unpacked!.root, "usr", "bin", "docker-registry"),
    args: ["serve", configuration],
    isReady: async () => {
      const response = await fetch(`http://${registry}/v2/`);
      await response.body?.cancel();
      return response.ok;
    },
  });
  using api = openDockerApi(engine.socketPath);
  for (const [tag, image] of [["1", engine.images.one], ["2", engine.images.two]] as const) {
    const repo = `${registry}/busybox`;
    await (await api.request("POST", `/images/${image}/tag`, { query: { repo, tag } })).body?.cancel();
    const headers = { "x-registry-auth": btoa("{}") };
    const failure = failureIn(
      await (await api.request("POST", `/images/${repo}/push`, { query: { tag }, headers })).text(),
    );
    if (failure !== undefined) {
      await daemon.stop();
      return { missing: `the engine cannot push to a registry on this machine: ${failure}` };
    }
  }
  const stop = async (): Promise<void> => {
    using engineApi = openDockerApi(engine.socketPath);
    await removeImages(engineApi, [`${registry}/busybox:1`, `${registry}/busybox:2`]);
    await daemon.stop();
  };
  return { registry, stop };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

export interface AcquiredGit {
  readonly command: string;
  /** Where an unpacked git has its own programs. */
  readonly execPath?: string;
}

export async function acquireGit(log: Log): Promise<AcquiredGit | Missing> {
  if ((await run("git", ["--version"])).code === 0) return { command: "git" };
  const [unpacked] = await unpackPackages(["git"], log);
  if ("missing" in unpacked!) return { missing: `no git: ${unpacked.missing}` };
  const command = join(unpacked!.root, "usr", "bin", "git");
  const execPath = join(unpacked!.root, "usr", "lib", "git-core");
  if ((await run(command, ["--version"], { env: { GIT_EXEC_PATH: execPath } })).code === 0) {
    return { command, execPath };
  }
  return { missing: "no git: the one of its package does not run here" };
}
