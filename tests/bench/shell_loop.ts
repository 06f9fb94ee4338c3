/** What Homeport takes the place of: a script that fetches, and runs `docker compose up -d` in every stack's folder. */
import { join } from "node:path";
import type { DaemonTools } from "./daemon.ts";
import { WatchedProcess } from "./watched_process.ts";

export interface ShellLoopOptions extends DaemonTools {
  readonly url: string;
  /** Seconds between two rounds. */
  readonly pause: number;
  /** The folder of the stacks, in the repository. */
  readonly stacks: string;
}

export interface ShellLoop {
  readonly process: WatchedProcess;
  /** Waits for the end of the next whole round, and gives its milliseconds. */
  round(): Promise<number>;
  /** When the last round began before a moment, in milliseconds since 1970. */
  readonly lastBegin: (before: number) => number;
  stop(): Promise<void>;
}

export async function startShellLoop(options: ShellLoopOptions): Promise<ShellLoop> {
  const { compose, git, dockerHost, folder, url, pause, stacks } = options;
  const script = `
git clone -q "$URL" clone && cd clone || exit 1
while :; do
  echo begin
  git fetch -q && git reset -q --hard origin/main
  for stack in ${stacks}/*/; do
    (cd "$stack" && "$DOCKER" compose up -d) >/dev/null 2>&1 || echo failed
  done
  echo end
  sleep ${pause} & wait $!
done`;
  await Deno.mkdir(join(folder, "loop"));
  const process = new WatchedProcess("sh", {
    args: ["-c", script],
    cwd: join(folder, "loop"),
    env: {
      ...compose.env,
      ...git.env,
      DOCKER_HOST: dockerHost,
      DOCKER: compose.command,
      URL: url,
      PATH: `${git.command.includes("/") ? `${git.command.replace(/\/[^/]*$/, "")}:` : ""}${
        Deno.env.get("PATH")
      }`,
    },
  });
  const { lines } = process;
  return {
    process,
    round: async () => {
      const known = lines.length;
      const { at: begun } = await process.until((text) => text === "begin", known);
      const { at: ended } = await process.until((text) => text === "end", known + 1);
      if (lines.some(({ text }) => text === "failed")) throw new Error("the loop cannot deploy its stacks");
      return ended - begun;
    },
    lastBegin: (before) => lines.findLast(({ text, at }) => text === "begin" && at < before)!.at,
    stop: async () => {
      // What it is about to do would go on without it.
      await process.until((text) => text === "end", lines.length);
      await process[Symbol.asyncDispose]();
    },
  };
}
