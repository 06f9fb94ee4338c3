import type { Command } from "@commander-js/extra-typings";
import type { CommandContext } from "../context.ts";
import { getHost } from "../get_host.ts";

const EXAMPLES = `
Makes the host match the repository, and keeps it so: looks for a newer commit
every minute (poll.interval), on SIGHUP at once, and after what somebody does to
the containers by hand. What fails is tried again, after longer and longer
pauses. SIGTERM or Ctrl-C ends it after the operations in hand; twice, at once.

Examples:
  homeport run
  homeport run --verbose               also what there is to say about nothing
  homeport run --json | jq -c 'select(.level == "error")'
`;

export function addRun(program: Command, context: CommandContext): void {
  program.command("run")
    .description("Follow the repository, and keep the Docker Engine as it says.")
    .option("--host <name>", "the host (default: the one with this machine's hostname)")
    .option("--json", "print one JSON object a line")
    .option("--verbose", "print also what is done when there is nothing to do")
    .addHelpText("after", EXAMPLES)
    .action(async ({ host: named, json = false, verbose = false }) => {
      const { app, io } = context;
      const { loopLog } = await import("../log/loop_log.ts");
      const host = getHost(app, named);
      const log = loopLog(io, { host, json, verbose, now: () => new Date() });
      const controller = new AbortController();
      let reload = () => {};
      const stopListening = [io.onInterrupt(() => controller.abort()), io.onReload(() => reload())];
      try {
        await app.run({
          host,
          signal: controller.signal,
          onEvent: log,
          onLoop: (loop) => reload = () => loop.trigger("reload"),
        });
      } catch (error) {
        // It was asked to end while it waited for another process.
        if (!controller.signal.aborted || error !== controller.signal.reason) throw error;
      } finally {
        for (const stop of stopListening) stop();
      }
    });
}
