import type { Command } from "@commander-js/extra-typings";
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { ConfigurationError } from "../../errors.ts";
import { typedName } from "../../reconcile/typed_name.ts";
import { findMilliseconds } from "../../stacks/duration.ts";
import type { CommandContext } from "../context.ts";
import { getHost } from "../get_host.ts";
import { formatTime } from "../wording.ts";

const EXAMPLES = `
A suspended stack is left exactly as it is: neither deployed, put back, updated
nor taken down. All other stacks go on. Needs no Docker, no network, and waits for
no other command; homeport run hears of it at once. In Git, the line
"x-homeport: {suspend: true}" in the stack's Compose file does the same.

Examples:
  homeport suspend immich --for 2h --reason "moving the photos"
  homeport suspend --all --for 1d
  homeport resume immich
`;

export function addSuspend(program: Command, context: CommandContext): void {
  program.command("suspend")
    .description("Leave stacks as they run, until they are resumed.")
    .argument("[stacks...]", "names of stacks")
    .option("--all", "every stack of the host, those to come included")
    .option("--for <duration>", 'such as "2h" or "1d12h" (default: until they are resumed)', parseDuration)
    .option("--reason <text>", "why, for whoever sees it")
    .option("--host <name>", "the host (default: the one with this machine's hostname)")
    .option("--json", "print JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (names, { all, for: milliseconds, reason, host: named, json }) => {
      const { app, io } = context;
      const stacks = stacksOf("suspend", names, all);
      const { suspension, unknown } = await app.suspend({
        host: getHost(app, named),
        ...(stacks !== undefined && { stacks }),
        ...(milliseconds !== undefined && { milliseconds }),
        ...(reason !== undefined && { reason }),
      });
      for (const name of unknown) {
        io.stderr(`warning: no stack ${name} is known here; it is suspended should it come\n`);
      }
      if (json) return io.stdout(`${JSON.stringify({ stacks: stacks ?? "all", ...suspension }, null, 2)}\n`);
      const until = suspension.until === undefined ? "" : ` until ${formatTime(suspension.until)} UTC`;
      const target = stacks === undefined ? "--all" : stacks.map(typedName).join(" ");
      io.stdout(
        `${stacks?.join(", ") ?? "all stacks"}: suspended${until}; homeport resume ${target} ends it\n`,
      );
    });
}

/** `undefined`: all. */
export function stacksOf(
  command: string,
  names: readonly string[],
  all: true | undefined,
): readonly string[] | undefined {
  if (names.length > 0 === (all !== true)) return all ? undefined : [...new Set(names)];
  throw new ConfigurationError(all ? "Stacks are named, and --all is given" : `homeport ${command} what?`, {
    hint: "name stacks, or give --all",
  });
}

function parseDuration(text: string): number {
  const milliseconds = findMilliseconds(text);
  if (milliseconds !== undefined && milliseconds > 0) return milliseconds;
  throw new InvalidArgumentError('Write numbers with units (s, m, h, d), such as "2h".');
}
