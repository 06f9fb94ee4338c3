import type { Command } from "@commander-js/extra-typings";
import type { StackOutcome } from "../../reconcile/report.ts";
import type { CommandContext } from "../context.ts";
import { getHost } from "../get_host.ts";
import { interruptible } from "../interruption.ts";
import { withProgress } from "../progress/with_progress.ts";

const EXAMPLES = `
Fetches the repository, and makes the Docker Engine run what it says: the stacks
of the startup order one after the other, then the others side by side. Stacks
that are gone from the repository are taken down; their volumes stay. A stack
that fails stops no other. Interrupted at any point, the next apply goes on.

Examples:
  homeport apply
  homeport apply --stack traefik       this stack only; nothing is taken down
  homeport apply --confirm-prune       also when more than half of the stacks go
  homeport apply --json | jq -c .      one event a line
`;

export function addApply(program: Command, context: CommandContext): void {
  program.command("apply")
    .description("Make the Docker Engine run what the repository says.")
    .option("--host <name>", "the host (default: the one with this machine's hostname)")
    .option("--stack <name>", "this stack only, without taking any down")
    .option("--confirm-prune", "allow more than half of the stacks to be taken down")
    .option("--offline", "use the last checkout when the repository cannot be reached")
    .option("--json", "print one JSON object a line")
    .addHelpText("after", EXAMPLES)
    .action(async ({ host, stack, confirmPrune = false, offline = false, json = false }) => {
      const { app, io } = context;
      const options = {
        host: getHost(app, host),
        ...(stack !== undefined && { stack }),
        offline,
        confirmPrune,
      };
      const report = await withProgress(
        io,
        json,
        (onEvent) => interruptible(io, (signal) => app.apply({ ...options, signal, onEvent })),
      );
      context.exitCode = exitCodeOf(report.outcomes);
    });
}

const FAILED: readonly StackOutcome["result"][] = ["failed", "waiting", "interrupted", "rolled-back"];
/** Somebody should do something about it. */
const HELD: readonly StackOutcome["hold"][] = ["rolled-back", "prune"];

/** A failed deployment, or one that waits, weighs more than broken files: 1 before 2. */
export function exitCodeOf(outcomes: readonly StackOutcome[]): number {
  const results = outcomes.map(({ result }) => result);
  if (results.some((result) => FAILED.includes(result))) return 1;
  if (outcomes.some(({ hold }) => hold !== undefined && HELD.includes(hold))) return 1;
  return results.includes("broken") ? 2 : 0;
}
