import type { Command } from "@commander-js/extra-typings";
import { ConfigurationError, formatError } from "../../errors.ts";
import type { ChannelTest } from "../../reconcile/ports.ts";
import type { CommandContext } from "../context.ts";
import { getHost } from "../get_host.ts";
import { interruptible } from "../interruption.ts";
import { errorToJson } from "../progress/error_json.ts";

const EXAMPLES = `
Sends one message to every channel of notifications in stacks.config.ts, whatever
it is told of otherwise. Exit code 1: a channel did not take it.

Examples:
  homeport notify --test
  homeport notify --test --json | jq '.channels[] | select(.error)'
`;

export function addNotify(program: Command, context: CommandContext): void {
  program.command("notify")
    .description("Send a test message to every channel for notifications.")
    .requiredOption("--test", "send a test message")
    .option("--host <name>", "the host (default: the one with this machine's hostname)")
    .option("--json", "print JSON")
    .addHelpText("after", EXAMPLES)
    .action(async ({ host: named, json = false }) => {
      const { app, io } = context;
      const host = getHost(app, named);
      const channels = await interruptible(io, (signal) => app.testNotifications({ host, signal }));
      if (channels.length === 0) {
        throw new ConfigurationError("no channel for notifications", {
          hint: 'add one to stacks.config.ts, such as notifications: [ntfy({ topic: "homelab" })]',
        });
      }
      if (channels.some(({ error }) => error !== undefined)) context.exitCode = 1;
      if (json) return io.stdout(`${JSON.stringify({ host, channels: channels.map(toJson) }, null, 2)}\n`);
      for (const { channel, error } of channels) {
        if (error === undefined) io.stdout(`${channel}: sent\n`);
        else io.stderr(`${channel}: failed: ${formatError(error)}\n`);
      }
    });
}

function toJson({ channel, error }: ChannelTest) {
  return { channel, ...(error !== undefined && { error: errorToJson(error) }) };
}
