/** Background programs that never outlive this process: see `lifeline.sh`. */
import { fileURLToPath } from "node:url";

export interface Daemon {
  /** The program's own folder, for its data, socket and log; removed when it stops. */
  readonly folder: string;
  /** Stops the program, waits for its end and removes its folder. */
  stop(): Promise<void>;
}

export interface DaemonOptions {
  /** What people call it. */
  readonly name: string;
  /** Made by {@linkcode makeDaemonFolder}. */
  readonly folder: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Throws or gives false until the program is ready to serve. */
  readonly isReady: () => Promise<boolean>;
  readonly timeoutSeconds?: number;
}

export class DaemonError extends Error {
  override readonly name = "DaemonError";
}

/** Short, because the path of a socket has room for 107 characters only. */
export async function makeDaemonFolder(name: string): Promise<string> {
  return await Deno.realPath(await Deno.makeTempDir({ prefix: `homeport-${name}-` }));
}

/** Starts a program and waits until it serves. Throws with its last words when it does not. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const { folder, command, args, env = {} } = options;
  const script = fileURLToPath(new URL("lifeline.sh", import.meta.url));
  // A session of its own: Ctrl-C at the terminal reaches this process, which stops the program in order.
  const child = new Deno.Command("/bin/sh", {
    args: [script, folder, command, ...args],
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    detached: true,
  }).spawn();
  const lastWords = new Response(child.stdout).text();
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => stopping ??= child.stdin.close().then(() => child.status).then(() => {});
  try {
    await waitFor(options.isReady, options.timeoutSeconds ?? 60, child.status);
    return { folder, stop };
  } catch (error) {
    await stop();
    throw new DaemonError(`${options.name} does not start: ${tellingLine(await lastWords)}`, {
      cause: error,
    });
  }
}

/** Daemons go on talking after they have said what is wrong. */
function tellingLine(words: string): string {
  const lines = words.trim().split("\n");
  return lines.findLast((line) => /\b(failed|error|fatal|cannot)\b/i.test(line)) ?? lines.at(-1)!;
}

async function waitFor(
  isReady: () => Promise<boolean>,
  seconds: number,
  status: Promise<Deno.CommandStatus>,
): Promise<void> {
  let ended = false;
  status.then(() => ended = true);
  const end = Date.now() + seconds * 1000;
  while (!await isReady().catch(() => false)) {
    if (ended) throw new Error("it ended");
    if (Date.now() > end) throw new Error(`not ready after ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
