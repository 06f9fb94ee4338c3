import type { Command } from "@commander-js/extra-typings";
import { shortCommit } from "../../reconcile/short_commit.ts";
import type { CommandContext } from "../context.ts";
import { getHost } from "../get_host.ts";
import { interruptible } from "../interruption.ts";
import { withProgress } from "../progress/with_progress.ts";
import { exitCodeOf } from "./apply.ts";

const EXAMPLES = `
Brings a stack back to an earlier commit: its folder in the checkout and its
images, exactly as they were when it last ran well. It stays there, whatever the
repository says, until homeport resume. Its volumes and their data stay as they
are. Works beside homeport run.

Examples:
  homeport rollback immich                to what ran well before
  homeport rollback immich --to 1a2b3c4   to any commit of the repository
  homeport resume immich                  follow the repository again
`;

export function addRollback(program: Command, context: CommandContext): void {
  program.command("rollback")
    .description("Bring a stack back to what ran before, and hold it there.")
    .argument("<stack>", "the stack")
    .option("--to <commit>", "this commit of the repository (default: what ran well before)")
    .option("--host <name>", "the host (default: the one with this machine's hostname)")
    .option("--json", "print one JSON object a line")
    .addHelpText("after", EXAMPLES)
    .action(async (stack, { to, host, json = false }) => {
      const { app, io } = context;
      const options = { host: getHost(app, host), stack, ...(to !== undefined && { to }) };
      const report = await withProgress(
        io,
        json,
        (onEvent) => interruptible(io, (signal) => app.rollBack({ ...options, signal, onEvent })),
      );
      const { returned } = report;
      if (returned.imagesAsNamed && !json) {
        io.stderr(
          `warning: ${stack} was never seen to run well at ${
            shortCommit(returned.to)
          }: its images are those that its files name, as they are today\n`,
        );
      }
      context.exitCode = exitCodeOf(report.outcomes);
    });
}
