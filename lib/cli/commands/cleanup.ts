import type { Command } from "@commander-js/extra-typings";
import { formatError } from "../../errors.ts";
import { shortId } from "../../plan/image_reference.ts";
import type { CleanupReport } from "../../reconcile/cleanup/cleanup_report.ts";
import type { AppCleanupEvent } from "../app.ts";
import type { CommandContext } from "../context.ts";
import { getHost } from "../get_host.ts";
import { interruptible } from "../interruption.ts";
import type { Io } from "../io.ts";
import { errorToJson } from "../progress/error_json.ts";
import { formatTable } from "../table.ts";
import { count, formatBytes } from "../wording.ts";

const EXAMPLES = `
Removes the images that deployments left behind: those that the journal knows of
this host, that no container uses, that no stack asks for and that are not kept
to go back to. Images of others stay, unless cleanup.images is "all". homeport
run does the same every night (cleanup.schedule).

Examples:
  homeport cleanup --dry-run           what would go
  homeport cleanup
`;

export function addCleanup(program: Command, context: CommandContext): void {
  program.command("cleanup")
    .description("Remove images that are of no use any more.")
    .option("--host <name>", "the host (default: the one with this machine's hostname)")
    .option("--dry-run", "only show what would go")
    .option("--json", "print JSON")
    .addHelpText("after", EXAMPLES)
    .action(async ({ host: named, dryRun = false, json = false }) => {
      const { app, io } = context;
      const host = getHost(app, named);
      const report = await interruptible(
        io,
        (signal) => app.cleanup({ host, dryRun, signal, onEvent: (event) => say(io, event) }),
      );
      io.stdout(json ? `${JSON.stringify(reportToJson(report), null, 2)}\n` : formatReport(report, io));
      if (report.failed.length > 0) context.exitCode = 1;
    });
}

function say(io: Io, event: AppCleanupEvent): void {
  if (event.kind === "waiting") io.stderr(`waiting for ${event.holder}\n`);
  if (event.kind === "journal-warning") io.stderr(`warning: ${event.message}\n`);
  if (event.kind === "image-kept") io.stderr(`kept: ${event.reference} is in use (${event.reason})\n`);
  if (event.kind === "image-failed") io.stderr(`error: ${formatError(event.error)}\n`);
}

function reportToJson({ failed, ...report }: CleanupReport): unknown {
  return {
    ...report,
    failed: failed.map(({ error, ...image }) => ({ ...image, error: errorToJson(error) })),
  };
}

function formatReport({ host, dryRun, images, bytes }: CleanupReport, io: Io): string {
  if (images.length === 0) return `${host}: no image to remove\n`;
  const rows = images.map(({ id, references, size }) => [
    shortId(id).replace(/^sha256:/, ""),
    formatBytes(size),
    references.filter((name) => name !== id).join(" "),
  ]);
  const table = formatTable([["IMAGE", "SIZE", "NAMES"], ...rows], io.isTerminal ? io.columns : Infinity);
  const sum = dryRun
    ? `${count(images.length, "image")} would go; layers that others share stay`
    : `${count(images.length, "image")} removed, ${formatBytes(bytes)} reclaimed`;
  return `${table}\n\n${host}: ${sum}\n`;
}
