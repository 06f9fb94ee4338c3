/** A Docker Engine of our own: programs from a cache folder, socket and data in a temporary one, gone at the end. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DaemonError, makeDaemonFolder, startDaemon } from "./daemon.ts";
import { openDockerApi } from "./docker_api.ts";
import { unpackPackages } from "./packages.ts";
import { type Log, run } from "./run.ts";

export interface ThrowawayEngine {
  readonly dockerHost: string;
  /** Its data, socket and process IDs: see `engine.sh`. */
  readonly folder: string;
  stop(): Promise<void>;
}

export interface ThrowawayOptions {
  /** What stands in its `daemon.json`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Name and address of a bridge of its own, such as `hp0 10.64.0.1/24`. Default: docker0, which it may share with another engine. */
  readonly bridge?: string;
}

export async function startThrowawayEngine(
  log: Log,
  { settings = {}, bridge }: ThrowawayOptions = {},
): Promise<ThrowawayEngine | { readonly missing: string }> {
  if (Deno.build.os !== "linux") return { missing: "it needs Linux" };
  if (Deno.uid() !== 0) return { missing: "it needs root" };
  const roots: string[] = [];
  for (const unpacked of await unpackPackages(["engine", "busybox"], log)) {
    if ("missing" in unpacked) return unpacked;
    roots.push(unpacked.root);
  }
  const runtime = await runtimeEnvironment(log);
  if ("missing" in runtime) return runtime;
  const folder = await makeDaemonFolder("engine");
  // The file of a machine's own engine must not be read; `--config-file` wants one that exists.
  await Deno.writeTextFile(join(folder, "daemon.json"), JSON.stringify(settings));
  if (bridge !== undefined) await Deno.writeTextFile(join(folder, "bridge"), `${bridge}\n`);
  log(`starting a throwaway Docker Engine in ${folder}`);
  const socketPath = join(folder, "docker.sock");
  try {
    const daemon = await startDaemon({
      name: "it",
      folder,
      command: "/bin/sh",
      args: [fileURLToPath(new URL("engine.sh", import.meta.url)), folder],
      env: { ...runtime.env, PATH: [...roots.flatMap(binaries), runtime.env.PATH].join(":") },
      isReady: async () => {
        using api = openDockerApi(socketPath);
        await api.get("/version");
        return true;
      },
    });
    return { dockerHost: `unix://${socketPath}`, folder, stop: () => daemon.stop() };
  } catch (error) {
    if (error instanceof DaemonError) return { missing: error.message };
    throw error;
  }
}

interface RuntimeEnvironment {
  readonly env: { readonly PATH: string } & Readonly<Record<string, string>>;
}

/** runc and iptables: the machine's own where it has them, else unpacked, together with the libraries that it lacks. */
async function runtimeEnvironment(log: Log): Promise<RuntimeEnvironment | { readonly missing: string }> {
  const PATH = ["/usr/local/sbin", "/usr/sbin", "/sbin", Deno.env.get("PATH")].filter(Boolean).join(":");
  if (await works("runc", PATH) && await works("iptables", PATH)) return { env: { PATH } };
  const [runtime] = await unpackPackages(["runtime"], log);
  if ("missing" in runtime!) return runtime;
  const { root } = runtime!;
  await linkIptables(join(root, "usr", "sbin"));
  const libraries = await libraryFolders(root);
  const env = {
    PATH: [...binaries(root), PATH].join(":"),
    LD_LIBRARY_PATH: libraries.join(":"),
    XTABLES_LIBDIR: libraries.map((folder) => join(folder, "xtables")).join(":"),
  };
  for (const program of ["runc", "iptables"]) {
    if (!await works(program, env.PATH, env)) {
      return { missing: `the ${program} of its package does not run here` };
    }
  }
  return { env };
}

async function works(
  program: string,
  path: string,
  env: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  return (await run("/bin/sh", ["-c", `${program} --version`], { env: { ...env, PATH: path } })).code === 0;
}

/** Installing the package makes these links; unpacking does not. */
async function linkIptables(folder: string): Promise<void> {
  for (const family of ["iptables", "ip6tables"]) {
    for (const name of [family, `${family}-save`, `${family}-restore`]) {
      const target = name.replace(family, `${family}-nft`);
      await Deno.symlink(target, join(folder, name)).catch((error) => {
        if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
      });
    }
  }
}

async function libraryFolders(root: string): Promise<string[]> {
  const folders: string[] = [];
  for (const base of [join(root, "usr", "lib"), join(root, "lib")]) {
    const entries = await Array.fromAsync(Deno.readDir(base)).catch(() => []);
    folders.push(
      ...entries.filter(({ name }) => name.includes("-linux-")).map(({ name }) => join(base, name)),
    );
  }
  return folders;
}

function binaries(root: string): string[] {
  return ["usr/sbin", "usr/bin", "sbin", "bin"].map((folder) => join(root, folder));
}
