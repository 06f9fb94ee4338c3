/** A Docker Engine that may be stopped, frozen and killed: never one that somebody else uses. */
import { join } from "node:path";
import { type DockerApi, openDockerApi } from "../../tools/engine/docker_api.ts";
import { prepareImages, type TestImages } from "../../tools/engine/images.ts";
import type { Log } from "../../tools/engine/run.ts";
import { startThrowawayEngine } from "../../tools/engine/throwaway_engine.ts";
import { until } from "./until.ts";

/**
 * Another engine on this machine keeps its rules, its subnets and its docker0: with `bridge: "none"`, and at a second start with pools of
 * addresses, an engine deletes docker0, whosever it is.
 */
const OPTIONS = {
  settings: {
    iptables: false,
    ip6tables: false,
    "shutdown-timeout": 1,
  },
  bridge: `hpf${Deno.pid} 10.80.${Deno.pid % 256}.1/24`,
};

export interface OwnEngine {
  readonly dockerHost: string;
  readonly socketPath: string;
  readonly version: string;
  readonly images: TestImages;
  readonly api: DockerApi;
  /** Stops it, by SIGTERM or by SIGKILL, until {@linkcode OwnEngine.comeBack}. */
  goAway(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  comeBack(): Promise<void>;
  /** It keeps its socket and answers nothing. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  stop(): Promise<void>;
}

export async function startOwnEngine(log: Log): Promise<OwnEngine | { readonly missing: string }> {
  const engine = await startThrowawayEngine(log, OPTIONS);
  if ("missing" in engine) return engine;
  const { folder, dockerHost } = engine;
  await Deno.writeTextFile(join(folder, "restart"), "");
  const socketPath = join(folder, "docker.sock");
  const api = openDockerApi(socketPath);
  const prepared = await prepareImages(api, log).catch((error) => ({ missing: String(error) }));
  if ("missing" in prepared) {
    await engine.stop();
    return prepared;
  }
  const down = join(folder, "down");
  const pidOf = async () => Number(await Deno.readTextFile(join(folder, "run/dockerd.pid")));
  const answers = () => api.get("/version").then(() => true, () => false);
  return {
    dockerHost,
    socketPath,
    version: (await api.get("/version") as { readonly Version: string }).Version.split("+")[0]!,
    images: prepared.images,
    api,
    goAway: async (signal = "SIGTERM") => {
      await Deno.writeTextFile(down, "");
      const pid = await pidOf();
      Deno.kill(pid, signal);
      await until("the engine's end", () => !isAlive(pid));
    },
    comeBack: async () => {
      await Deno.remove(down).catch(() => {});
      await until("an engine that answers", answers);
    },
    freeze: async () => Deno.kill(await pidOf(), "SIGSTOP"),
    thaw: async () => Deno.kill(await pidOf(), "SIGCONT"),
    stop: async () => {
      api[Symbol.dispose]();
      // One that is frozen hears of no end.
      await pidOf().then((pid) => Deno.kill(pid, "SIGCONT")).catch(() => {});
      await engine.stop();
    },
  };
}

function isAlive(pid: number): boolean {
  try {
    const state = /^State:\s*(\w)/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
    return state !== "Z";
  } catch {
    return false;
  }
}
