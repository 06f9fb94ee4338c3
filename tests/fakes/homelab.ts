/** A repository of stacks and a Homeport that is configured for it: what a user has, in a folder of the test's own. */
import { dirname, join } from "node:path";
import git from "isomorphic-git";
import * as fs from "node:fs";
import type { Config } from "../../lib/config/config.ts";
import { createApp } from "../../lib/app.ts";
import { runCli } from "../../lib/cli/run_cli.ts";
import { folder as stacksIn } from "../../lib/mod.ts";

export interface HomelabOptions {
  /** A folder that the test removes. */
  readonly folder: string;
  readonly dockerHost: string;
  /** What differs from the plain configuration: one host `helium`, with its stacks in `servers/helium`. */
  readonly config?: Partial<Config>;
  /** Where the repository is made. Default: `homelab` in the folder. */
  readonly remote?: string;
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly ended: Promise<CliResult>;
  /** As SIGTERM does. */
  interrupt(): void;
  /** As SIGHUP does. */
  reload(): void;
  /** What was printed so far. */
  stdout(): string;
}

export class Homelab {
  readonly remote: string;
  readonly dataDir: string;
  readonly config: Config;
  readonly #dockerHost: string;

  constructor({ folder, dockerHost, config, remote = join(folder, "homelab") }: HomelabOptions) {
    this.remote = remote;
    this.dataDir = join(folder, "data");
    this.#dockerHost = dockerHost;
    this.config = {
      repository: { url: this.remote },
      hosts: { helium: { stacks: stacksIn("servers/helium") } },
      dataDir: this.dataDir,
      ...config,
      // What is up counts as well: no test waits whether it stays so.
      deploy: { healthGate: { stable: "0s" }, ...config?.deploy },
    };
  }

  /** Path of a stack's folder in Homeport's checkout. */
  stackFolder(stack: string): string {
    return join(this.dataDir, "checkout", "servers/helium", stack);
  }

  /** Writes files (paths below `servers/helium`), or removes those that are `null`, and commits. Gives the commit's ID. */
  async commit(files: Readonly<Record<string, string | null>>, message = "change"): Promise<string> {
    const repo = { fs, dir: this.remote };
    if (!fs.existsSync(join(this.remote, ".git"))) await git.init({ ...repo, defaultBranch: "main" });
    for (const [name, content] of Object.entries(files)) {
      const filepath = join("servers/helium", name);
      const path = join(this.remote, filepath);
      if (content === null) {
        await Deno.remove(path);
        await git.remove({ ...repo, filepath });
        continue;
      }
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeTextFile(path, content);
      await git.add({ ...repo, filepath });
    }
    return await git.commit({ ...repo, message, author: { name: "Test", email: "test@example.org" } });
  }

  /** Removes a stack's folder and commits. */
  async removeStack(stack: string): Promise<void> {
    const dir = join("servers/helium", stack);
    const tracked = await git.listFiles({ fs, dir: this.remote });
    await this.commit(
      Object.fromEntries(
        tracked.filter((path) => path.startsWith(`${dir}/`)).map((
          path,
        ) => [path.slice("servers/helium/".length), null]),
      ),
      `remove ${stack}`,
    );
  }

  /** Runs a command of the CLI in this process. `--host helium` is added where a host is needed. */
  async run(...args: string[]): Promise<CliResult> {
    return await this.start(...args).ended;
  }

  /** As {@linkcode Homelab.run}, and throws what goes wrong. */
  async succeed(...args: string[]): Promise<CliResult> {
    const result = await this.run(...args);
    if (result.code !== 0) {
      throw new Error(`${args.join(" ")}: ${result.code}\n${result.stderr}${result.stdout}`);
    }
    return result;
  }

  /** As {@linkcode Homelab.run}, and gives what a person or the system can do to it while it runs. */
  start(...args: string[]): RunningCommand {
    const output = { stdout: "", stderr: "" };
    const signals = { interrupt: () => {}, reload: () => {} };
    const withHost = COMMANDS_OF_A_HOST.includes(args[0] ?? "") &&
        !args.includes("--host")
      ? [...args, "--host", "helium"]
      : args;
    const ended = runCli(
      withHost,
      createApp(this.config, { environment: { DOCKER_HOST: this.#dockerHost } }),
      {
        stdout: (text) => void (output.stdout += text),
        stderr: (text) => void (output.stderr += text),
        isTerminal: false,
        color: false,
        columns: 100,
        onInterrupt: listen(signals, "interrupt"),
        onReload: listen(signals, "reload"),
        redact: (text) => text,
      },
    );
    return {
      ended: ended.then((code) => ({ code, ...output })),
      interrupt: () => signals.interrupt(),
      reload: () => signals.reload(),
      stdout: () => output.stdout,
    };
  }
}

const COMMANDS_OF_A_HOST = [
  "plan",
  "apply",
  "rollback",
  "run",
  "updates",
  "update",
  "status",
  "history",
  "suspend",
  "resume",
  "cleanup",
  "secrets",
];

function listen<Name extends string>(signals: Record<Name, () => void>, name: Name) {
  return (callback: () => void) => {
    signals[name] = callback;
    return () => {
      signals[name] = () => {};
    };
  };
}
