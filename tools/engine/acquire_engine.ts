/** A Docker Engine for the demo, the tests and the benchmarks: the one that is here, else a throwaway one. */
import { type DockerApi, DockerApiError, openDockerApi, socketPathOf } from "./docker_api.ts";
import { prepareImages, removeImages, type TestImages } from "./images.ts";
import type { Log } from "./run.ts";
import { startThrowawayEngine } from "./throwaway_engine.ts";

export interface AcquiredEngine {
  readonly kind: "found" | "throwaway";
  /** As `DOCKER_HOST` takes it; always `unix://…`. */
  readonly dockerHost: string;
  readonly socketPath: string;
  /** Such as `28.5.2`. */
  readonly version: string;
  /** Which engine this is, in words. */
  readonly description: string;
  /** Two images that are on it, have different IDs, and run. */
  readonly images: TestImages;
  /** Stops a throwaway engine and removes its data; on one that was here, removes the images that were made for us. */
  stop(): Promise<void>;
}

export interface NoEngine {
  /** Why none can be had. */
  readonly missing: string;
}

/** The Engine API that Homeport speaks: Docker Engine 25. */
const LEAST_API = [1, 44] as const;

export async function acquireEngine(log: Log): Promise<AcquiredEngine | NoEngine> {
  const found = await findEngine();
  if ("dockerHost" in found) return await withImages(found, "found", async () => {}, log);
  const throwaway = await startThrowawayEngine(log);
  if ("missing" in throwaway) {
    return { missing: `${found.missing}, and a throwaway one cannot be had: ${throwaway.missing}` };
  }
  const engine = await probe(throwaway.dockerHost);
  if ("missing" in engine) {
    await throwaway.stop();
    return engine;
  }
  return await withImages(engine, "throwaway", () => throwaway.stop(), log);
}

interface Reachable {
  readonly dockerHost: string;
  readonly socketPath: string;
  readonly version: string;
}

async function findEngine(): Promise<Reachable | NoEngine> {
  const named = Deno.env.get("DOCKER_HOST");
  return await probe(named === undefined || named === "" ? "unix:///var/run/docker.sock" : named);
}

/** An engine elsewhere does not see this machine's folders, which the stacks mount. */
async function probe(dockerHost: string): Promise<Reachable | NoEngine> {
  const socketPath = socketPathOf(dockerHost);
  if (socketPath === undefined) {
    return { missing: `the Docker Engine at ${dockerHost} is not on this machine` };
  }
  using api = openDockerApi(socketPath);
  let answer: { readonly Version: string; readonly ApiVersion: string };
  try {
    answer = await api.get("/version") as typeof answer;
  } catch {
    return { missing: `no Docker Engine answers at ${dockerHost}` };
  }
  const [major = 0, minor = 0] = answer.ApiVersion.split(".").map(Number);
  if (major < LEAST_API[0] || (major === LEAST_API[0] && minor < LEAST_API[1])) {
    return {
      missing: `the Docker Engine at ${dockerHost} speaks API ${answer.ApiVersion}, and 1.44 is the least`,
    };
  }
  return { dockerHost, socketPath, version: answer.Version.split("+")[0]! };
}

async function withImages(
  engine: Reachable,
  kind: AcquiredEngine["kind"],
  stopEngine: () => Promise<void>,
  log: Log,
): Promise<AcquiredEngine | NoEngine> {
  const api: DockerApi = openDockerApi(engine.socketPath);
  const stop = async (made: readonly string[]): Promise<void> => {
    if (kind === "found") await removeImages(api, made);
    else await removeContainers(api);
    api[Symbol.dispose]();
    await stopEngine();
  };
  const prepared = await prepareImages(api, log).catch(async (error) => {
    if (error instanceof DockerApiError) {
      return { missing: `Docker Engine ${engine.version} fails: ${error.message}` };
    }
    await stop([]);
    throw error;
  });
  if ("missing" in prepared) {
    await stop([]);
    return prepared;
  }
  const description = kind === "found"
    ? `Docker Engine ${engine.version}, found at ${engine.dockerHost}`
    : `a throwaway Docker Engine ${engine.version}, started for this run and stopped at its end`;
  let stopped: Promise<void> | undefined;
  return {
    ...engine,
    kind,
    description,
    images: prepared.images,
    stop: () => stopped ??= stop(prepared.made),
  };
}

/** Otherwise stopping the engine waits for every container to end by itself. */
async function removeContainers(api: DockerApi): Promise<void> {
  const containers = await api.get("/containers/json", { all: "true" }) as readonly { readonly Id: string }[];
  await Promise.allSettled(containers.map(async ({ Id }) => {
    await (await api.request("DELETE", `/containers/${Id}`, { query: { force: "true", v: "true" } })).body
      ?.cancel();
  }));
}
