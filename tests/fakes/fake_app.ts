import type { App } from "../../lib/cli/app.ts";
import type { Io } from "../../lib/cli/io.ts";
import { runCli } from "../../lib/cli/run_cli.ts";
import { folder } from "../../lib/mod.ts";
import type { Operation } from "../../lib/plan/operation.ts";
import type { Plan } from "../../lib/plan/plan.ts";

/** An application with two hosts, of which this machine is `helium`. What a test does not give must not be called. */
export function fakeApp(parts: Partial<App> = {}): App {
  const unexpected = (name: string) => () => {
    throw new Error(`${name} was called`);
  };
  return {
    version: "1.2.3",
    config: {
      repository: { url: "https://git.example.org/me/homelab.git" },
      hosts: { helium: { stacks: folder("servers/helium") }, xenon: { stacks: folder("servers/xenon") } },
    },
    hostname: () => "helium",
    check: unexpected("check"),
    showConfig: unexpected("showConfig"),
    plan: unexpected("plan"),
    apply: unexpected("apply"),
    updates: unexpected("updates"),
    update: unexpected("update"),
    rollBack: unexpected("rollBack"),
    run: unexpected("run"),
    testNotifications: unexpected("testNotifications"),
    cleanup: unexpected("cleanup"),
    health: unexpected("health"),
    status: unexpected("status"),
    history: unexpected("history"),
    suspend: unexpected("suspend"),
    resume: unexpected("resume"),
    secrets: unexpected("secrets"),
    ...parts,
  };
}

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command as a pipe would see it: no terminal, no colours, 80 columns. */
export async function cli(
  args: readonly string[],
  app: App = fakeApp(),
  io: Partial<Io> = {},
): Promise<CliResult> {
  let stdout = "";
  let stderr = "";
  const code = await runCli(args, app, {
    stdout: (text) => void (stdout += text),
    stderr: (text) => void (stderr += text),
    isTerminal: false,
    columns: 80,
    color: false,
    redact: (text) => text,
    onInterrupt: () => () => {},
    onReload: () => () => {},
    ...io,
  });
  return { code, stdout, stderr };
}

/** A plan for helium in which nothing is to be done, unless the parts say otherwise. */
export const START: Operation = {
  kind: "start-container",
  id: "start-container web-1",
  cause: "web is new",
  after: [],
  service: "web",
  number: 1,
  containerName: "traefik-web-1",
};

export function fakePlan(parts: Partial<Plan> = {}): Plan {
  return {
    host: "helium",
    stacks: [],
    startupOrder: [],
    broken: [],
    prune: { stacks: [], managed: 0, needsConfirmation: false },
    ...parts,
  };
}
