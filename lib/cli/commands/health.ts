import type { Command } from "@commander-js/extra-typings";
import type { CommandContext } from "../context.ts";
import { formatRunStatus } from "../run_status.ts";

const EXAMPLES = `
Looks into the data folder alone: whether a homeport run works there, and when
its last pass ended. That must be within three times poll.interval, and what a
pull or the pause after failures may take. A pass that failed has ended, too.
Needs neither Docker nor a network: for the health check of a container.

Examples:
  homeport health && echo alive
  homeport health --json | jq .lastPass

Exit codes: 0 healthy, 1 not
`;

export function addHealth(program: Command, context: CommandContext): void {
  program.command("health")
    .description("Check that homeport run is alive, and makes passes.")
    .option("--json", "print JSON")
    .addHelpText("after", EXAMPLES)
    .action(async ({ json }) => {
      const { app, io } = context;
      const health = await app.health();
      if (json) io.stdout(`${JSON.stringify(health, null, 2)}\n`);
      else if (health.healthy) io.stdout(`healthy: ${formatRunStatus(health)}\n`);
      else io.stderr(`unhealthy: ${health.reason}\n`);
      if (!health.healthy) context.exitCode = 1;
    });
}
