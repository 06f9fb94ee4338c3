import { type Command, InvalidArgumentError } from "@commander-js/extra-typings";
import type { History, HistoryEntry } from "../../reconcile/history/history.ts";
import { shortCommit } from "../../reconcile/short_commit.ts";
import type { CommandContext } from "../context.ts";
import { getHost } from "../get_host.ts";
import type { Io } from "../io.ts";
import { paint } from "../paint.ts";
import { formatTable } from "../table.ts";
import { count, formatBytes, formatDuration, formatTime } from "../wording.ts";

const EXAMPLES = `
Reads the journal in the data folder, newest first: what every pass did to each
stack, and why. A pass that had nothing to do leaves no more than its time. Needs
neither Docker nor a network, and does not wait for other commands. With --json
also every operation, the errors in full, and the images before and after.

Examples:
  homeport history
  homeport history immich --limit 5
  homeport history --json | jq '.entries[] | select(.subject.outcome == "failed")'
`;

export function addHistory(program: Command, context: CommandContext): void {
  program.command("history")
    .description("Show what was done, when, and why.")
    .argument("[stack]", "this stack only")
    .option("--host <name>", "the host (default: the one with this machine's hostname)")
    .option("--limit <number>", "the newest so many", parseLimit, 20)
    .option("--json", "print JSON")
    .addHelpText("after", EXAMPLES)
    .action(async (stack, { host: named, limit, json }) => {
      const { app, io } = context;
      const host = getHost(app, named);
      const { dataDir, history } = await app.history({ host, limit, ...(stack !== undefined && { stack }) });
      if (history === undefined) {
        io.stderr(`There is no journal in ${dataDir} yet: the first homeport apply begins one.\n`);
      }
      if (json) io.stdout(`${JSON.stringify(history ?? { host, entries: [] }, null, 2)}\n`);
      else if (history !== undefined) io.stdout(formatHistory(history, stack, io));
    });
}

function parseLimit(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Write a number from 1 on.");
}

function formatHistory({ host, lastPass, entries }: History, stack: string | undefined, io: Io): string {
  const colors = paint(io);
  const title = `${colors.bold(host)}: last pass ${formatTime(lastPass)} UTC\n`;
  if (entries.length === 0) {
    return `${title}Nothing is in the journal${stack === undefined ? "" : ` of stack ${stack}`} yet.\n`;
  }
  const rows = entries.map(row);
  // In a pipe or a log, a reason is worth more than a line that fits.
  const width = io.isTerminal ? io.columns : Infinity;
  const table = formatTable([HEADING, ...rows], width, (cell, row, column) => {
    if (row === 0) return colors.dim(cell);
    const { outcome } = entries[row - 1]!.subject;
    return column === 1 ? colors.bold(cell) : column === 2 ? colors[COLORS[outcome]](cell) : cell;
  });
  return `${title}\n${table}\n`;
}

const HEADING = ["WHEN (UTC)", "STACK", "OUTCOME", "COMMIT", "TOOK", "WHY"];

const COLORS: Readonly<Record<HistoryEntry["subject"]["outcome"], "green" | "yellow" | "red">> = {
  held: "yellow",
  suspended: "yellow",
  "rolled-back": "red",
  deployed: "green",
  unchanged: "green",
  pruned: "green",
  waiting: "yellow",
  interrupted: "yellow",
  failed: "red",
  cleaned: "green",
};

function row(entry: HistoryEntry): string[] {
  const { subject, commit, lastAt, repeated } = entry;
  const times = repeated === 0 ? "" : ` ×${repeated + 1}`;
  const isStack = subject.kind === "stack";
  return [
    formatTime(lastAt),
    isStack ? subject.stack : subject.kind === "pass" ? "(the pass)" : "(images)",
    `${subject.outcome}${times}`,
    commit === undefined ? "" : shortCommit(commit.id),
    isStack ? formatDuration(subject.milliseconds) : "",
    whyOf(entry),
  ].map((cell) => cell.replace(/\p{Cc}+/gu, " "));
}

/** One line: what went wrong, else what it was done for, with how much there is besides. */
function whyOf({ subject, trigger }: HistoryEntry): string {
  const reasons = subject.kind === "pass"
    ? [subject.error]
    : subject.kind === "cleanup" && subject.errors.length === 0
    ? [`${count(subject.images.length, "image")} removed, ${formatBytes(subject.bytes)} reclaimed`]
    : subject.errors.length > 0
    ? subject.errors
    : subject.kind === "stack"
    ? subject.causes
    : [];
  const [first = ""] = reasons;
  const more = reasons.length > 1 ? ` (and ${reasons.length - 1} more)` : "";
  // What the engine told of before that says who changed what.
  const told = subject.kind === "stack" && subject.operations.length > 0
    ? trigger.match(/\bdrift \(.*\)/) ?? []
    : [];
  return [`${first.split("\n")[0]}${more}`, ...told].filter((part) => part !== "").join("; ");
}
