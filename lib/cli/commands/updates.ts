import type { Command } from "@commander-js/extra-typings";
import { formatError } from "../../errors.ts";
import { shortId } from "../../plan/image_reference.ts";
import type { SkippedImage, UpdateFindings } from "../../reconcile/updates.ts";
import type { CommandContext } from "../context.ts";
import { getHost } from "../get_host.ts";
import { interruptible } from "../interruption.ts";
import type { Io } from "../io.ts";
import { notices } from "../progress/notices.ts";
import { findingsToJson, formatSum } from "../progress/updates.ts";
import { formatTable } from "../table.ts";

const EXAMPLES = `
Asks the registries, by way of the Docker Engine, what they have under the tags
that run. Changes nothing. Each question may count as a pull.

Examples:
  homeport updates
  homeport updates --all               also what is not updated, and why
  homeport updates --json | jq '.available[] | .stack + ": " + .reference'
`;

export function addUpdates(program: Command, context: CommandContext): void {
  program.command("updates")
    .description("Show which images have newer versions in their registries.")
    .option("--host <name>", "the host (default: the one with this machine's hostname)")
    .option("--stack <name>", "this stack only")
    .option("--all", "also show what is not updated, and why")
    .option("--offline", "use the last checkout when the repository cannot be reached")
    .option("--json", "print JSON")
    .addHelpText("after", EXAMPLES)
    .action(async ({ host: named, stack, all = false, offline = false, json = false }) => {
      const { app, io } = context;
      const host = getHost(app, named);
      const tell = notices(io, { json });
      const options = {
        host,
        ...(stack !== undefined && { stack }),
        offline,
        // What was found is the result, and goes to standard output.
        onEvent: (event: Parameters<typeof tell>[0]) => event.kind === "updates" ? undefined : tell(event),
      };
      const { commit, findings } = await interruptible(io, (signal) => app.updates({ ...options, signal }));
      if (json) {
        const report = { version: 1, host, commit, ...findingsToJson(findings) };
        return io.stdout(`${JSON.stringify(report, null, 2)}\n`);
      }
      print(findings, all, io);
    });
}

function print(findings: UpdateFindings, all: boolean, io: Io): void {
  const { available, skipped, failed } = findings;
  if (available.length > 0) {
    const rows = available.flatMap(({ stack, services, reference, from, to, onlyTold }) => [[
      stack,
      services.join(", "),
      reference,
      from === undefined ? "" : shortId(from),
      shortId(to),
      onlyTold === undefined ? "" : `only told: ${onlyTold}`,
    ]]);
    io.stdout(`${formatTable([["STACK", "SERVICE", "IMAGE", "FROM", "TO", ""], ...rows], io.columns)}\n`);
  }
  // Those need no flag: somebody is to do something about them.
  const shown = all ? skipped : skipped.filter(isNews);
  for (const { stack, service, reference, reason } of shown) {
    io.stdout(`${stack}/${service}: ${reference} stays: ${reason}\n`);
  }
  for (const { error, stacks } of failed) io.stderr(`${formatError(error)}\n  for ${stacks.join(", ")}\n`);
  io.stdout(`${formatSum(findings)}\n`);
}

function isNews({ kind }: SkippedImage): boolean {
  return kind === "rejected" || kind === "platform";
}
