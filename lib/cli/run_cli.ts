import { Command, CommanderError } from "@commander-js/extra-typings";
import { ConfigurationError, formatError, HomeportError } from "../errors.ts";
import type { App } from "./app.ts";
import { addApply } from "./commands/apply.ts";
import { addCheck } from "./commands/check.ts";
import { addCleanup } from "./commands/cleanup.ts";
import { addConfig } from "./commands/config.ts";
import { addCompletions } from "./commands/completions.ts";
import { addHealth } from "./commands/health.ts";
import { addHistory } from "./commands/history.ts";
import { addNotify } from "./commands/notify.ts";
import { addPlan } from "./commands/plan.ts";
import { addResume } from "./commands/resume.ts";
import { addRollback } from "./commands/rollback.ts";
import { addRun } from "./commands/run.ts";
import { addSecrets } from "./commands/secrets.ts";
import { addStatus } from "./commands/status.ts";
import { addSuspend } from "./commands/suspend.ts";
import { addUpdate } from "./commands/update.ts";
import { addUpdates } from "./commands/updates.ts";
import { addVersion } from "./commands/version.ts";
import type { CommandContext } from "./context.ts";
import { type Io, redactedIo } from "./io.ts";

/** Runs one command and gives the exit code: 0 done, 1 failed, 2 wrong configuration or arguments, 3 changes (`plan --exit-code`). */
export async function runCli(args: readonly string[], app: App, io: Io): Promise<number> {
  const { redact } = app;
  const output = redact === undefined ? io : redactedIo(io, (text) => redact(text));
  const context: CommandContext = { app, io: output, exitCode: 0 };
  const program = makeProgram(context);
  try {
    await program.parseAsync(args.length === 0 ? ["--help"] : [...args], { from: "user" });
    return context.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    output.stderr(`${formatFailure(error)}\n`);
    return error instanceof HomeportError ? error.exitCode : 1;
  }
}

function makeProgram(context: CommandContext): Command {
  const { app, io } = context;
  const program = new Command("homeport")
    .description("Makes the Docker Engine of a home server run what a Git repository says.")
    .version(app.version, "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print help for a command")
    .showSuggestionAfterError(true)
    .showHelpAfterError("Try --help.")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout(text),
      writeErr: (text) => io.stderr(text),
      getOutHelpWidth: () => io.columns,
      getErrHelpWidth: () => io.columns,
      getOutHasColors: () => io.color,
      getErrHasColors: () => io.color,
    })
    .addHelpText("after", EXAMPLES);
  for (
    const add of [
      addCheck,
      addConfig,
      addPlan,
      addApply,
      addRollback,
      addRun,
      addUpdates,
      addUpdate,
      addStatus,
      addHealth,
      addHistory,
      addCleanup,
      addSuspend,
      addResume,
      addSecrets,
      addNotify,
      addVersion,
      addCompletions,
    ]
  ) {
    add(program, context);
  }
  for (const command of program.commands) command.copyInheritedSettings(program);
  return program;
}

const EXAMPLES = `
Examples:
  homeport check --path ~/homelab  Is the configuration right, and every stack?
  homeport plan                    What would be done on this machine?
  homeport apply                   Do it.
  homeport run                     Do it whenever something is new, from now on.
  homeport status                  What runs?
  homeport history                 What was done, when, and why?
  homeport suspend immich --for 2h Leave a stack alone for a while.

Exit codes:
  0  done      1  a stack failed      2  wrong configuration or arguments
  3  there is something to do (plan --exit-code)
`;

function formatFailure(error: unknown): string {
  if (error instanceof HomeportError) {
    return `${error instanceof ConfigurationError ? "" : "error: "}${formatError(error)}`;
  }
  if (error instanceof DOMException && error.name === "AbortError") return "interrupted";
  // No error of ours: a fault in the program, of which the place helps to mend it.
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
