import type { Command } from "@commander-js/extra-typings";
import type { CommandContext } from "../context.ts";
import { getHost } from "../get_host.ts";
import { interruptible } from "../interruption.ts";
import { withProgress } from "../progress/with_progress.ts";
import { exitCodeOf } from "./apply.ts";

const EXAMPLES = `
As apply, and stacks get the newer images that registries have under the tags
that run; what a label or the configuration excludes stays as it is. A stack
that does not run well with them goes back to the images from before.

Examples:
  homeport update
  homeport update --stack immich       this stack only
  homeport updates                     what would be updated?
`;

export function addUpdate(program: Command, context: CommandContext): void {
  program.command("update")
    .description("Apply, with the newest images of the tags that run.")
    .option("--host <name>", "the host (default: the one with this machine's hostname)")
    .option("--stack <name>", "this stack only, without taking any down")
    .option("--offline", "use the last checkout when the repository cannot be reached")
    .option("--json", "print one JSON object a line")
    .addHelpText("after", EXAMPLES)
    .action(async ({ host, stack, offline = false, json = false }) => {
      const { app, io } = context;
      const options = {
        host: getHost(app, host),
        ...(stack !== undefined && { stack }),
        offline,
        confirmPrune: false,
      };
      const report = await withProgress(
        io,
        json,
        (onEvent) => interruptible(io, (signal) => app.update({ ...options, signal, onEvent })),
      );
      context.exitCode = exitCodeOf(report.outcomes);
    });
}
