import { formatError } from "../../errors.ts";
import { type ApplyReport, isLeftAlone, type StackOutcome } from "../../reconcile/report.ts";
import { shortCommit } from "../../reconcile/short_commit.ts";
import type { Io } from "../io.ts";
import { paint } from "../paint.ts";
import { count, formatDuration } from "../wording.ts";

/** A line for each stack that is not as it was, the errors with what to do, and the sums. */
export function printReport({ commit, outcomes, plan }: ApplyReport, io: Io): void {
  const changed = outcomes.filter(({ result }) => result !== "unchanged");
  for (const outcome of changed) {
    const isTrouble = outcome.errors.length > 0 || outcome.hold === "prune";
    const print = isTrouble ? io.stderr : io.stdout;
    print(`${formatOutcome(outcome, io)}\n`);
  }
  const kept = plan.prune.stacks.flatMap(({ name, kept }) => kept.map((each) => `${each} of ${name}`));
  if (outcomes.some(({ result }) => result === "pruned") && kept.length > 0) {
    io.stdout(`kept: ${kept.join(", ")}\n`);
  }
  io.stdout(`${plan.host} at ${shortCommit(commit)}: ${formatSums(outcomes)}\n`);
}

const RESULTS = [
  "deployed",
  "pruned",
  "failed",
  "rolled-back",
  "broken",
  "held",
  "waiting",
  "suspended",
  "interrupted",
  "unchanged",
] as const satisfies readonly StackOutcome["result"][];

const COLORS: Readonly<Record<StackOutcome["result"], "green" | "red" | "yellow" | "dim">> = {
  deployed: "green",
  pruned: "green",
  held: "yellow",
  suspended: "yellow",
  failed: "red",
  "rolled-back": "red",
  broken: "red",
  waiting: "yellow",
  interrupted: "yellow",
  unchanged: "dim",
};

function formatOutcome(outcome: StackOutcome, io: Io): string {
  const { stack, result, done, skipped, errors, milliseconds, reason } = outcome;
  const parts = [
    count(done, "operation"),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    formatDuration(milliseconds),
  ];
  const details = isLeftAlone(result) ? "" : ` (${parts.join(", ")})`;
  const title = `${stack}: ${paint(io)[COLORS[result]](wordOf(result))}${details}`;
  const lines = [...errors.map(formatError), ...(reason === undefined ? [] : [reason])];
  return [title, ...lines.map(indent)].join("\n");
}

function wordOf(result: StackOutcome["result"]): string {
  return result === "waiting" ? "waiting for secrets, left as it runs" : result;
}

export function formatSums(outcomes: readonly StackOutcome[]): string {
  const sums = RESULTS.map((result) => ({
    result,
    sum: outcomes.filter((each) => each.result === result).length,
  }));
  const there = sums.filter(({ sum }) => sum > 0).map(({ result, sum }) => `${sum} ${result}`);
  return there.length === 0 ? "no stacks" : there.join(", ");
}

function indent(text: string): string {
  return text.split("\n").map((line) => `  ${line}`).join("\n");
}
