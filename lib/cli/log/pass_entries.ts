/** What the log says to each event of a pass. */
import { formatError } from "../../errors.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Snapshot } from "../../reconcile/ports.ts";
import type { PassEvent, StackOutcome } from "../../reconcile/report.ts";
import { shortCommit } from "../../reconcile/short_commit.ts";
import type { UpdateFindings } from "../../reconcile/updates.ts";
import { errorToJson } from "../progress/error_json.ts";
import { isLeftAlone } from "../../reconcile/report.ts";
import { findingsToJson, formatSum, formatUpdate } from "../progress/updates.ts";
import { outcomeToJson } from "../progress/json_lines.ts";
import { formatWarning } from "../warning.ts";
import { count, formatDuration, formatReturn } from "../wording.ts";
import type { LogEntry } from "./log_entries.ts";

/** `plan`: that of the pass, once it is made. */
export function passEntries(event: PassEvent, plan: Plan | undefined): LogEntry[] {
  switch (event.kind) {
    case "snapshot":
      return snapshotEntries(event.snapshot);
    case "warning": {
      const { stack, location } = event.warning;
      const message = formatWarning(event.warning);
      return [{ level: "warn", event: "warning", message, details: { stack, location }, isState: true }];
    }
    case "skipped-folder": {
      const { folder } = event;
      const message = `${folder} has no Compose file: skipped`;
      return [{ level: "info", event: "skipped-folder", message, details: { folder }, isState: true }];
    }
    case "updates":
      return updateEntries(event.findings);
    case "journal-warning":
    case "notification-warning":
      return [{ level: "warn", event: event.kind, message: event.message, isState: true }];
    case "operation-started":
    case "operation-progress":
    case "operation-done":
    case "operation-failed":
      return [operationEntry(event)];
    case "gate-waiting": {
      const { stack, message } = event;
      return [{ level: "debug", event: event.kind, message: `${stack}: ${message}`, details: { stack } }];
    }
    case "rollback-started": {
      const { kind, stack, to, reason } = event;
      const message = `${stack}: ${formatReturn(event)}`;
      return [{ level: "warn", event: kind, message, details: { stack, to, reason } }];
    }
    case "stack-done":
      return [stackEntry(event.outcome, plan)];
    default:
      return [];
  }
}

/** What is not used is found again by the next look. */
function updateEntries(findings: UpdateFindings): LogEntry[] {
  const { available, failed } = findings;
  return [
    { level: "info", event: "updates", message: formatSum(findings), details: findingsToJson(findings) },
    ...available.map((each): LogEntry => ({
      level: "info",
      event: "update-available",
      message: formatUpdate(each),
      details: { ...each },
      isState: true,
    })),
    ...failed.map(({ reference, stacks, error }): LogEntry => ({
      level: "warn",
      event: "update-unknown",
      message: formatError(error),
      details: { reference, stacks, error: errorToJson(error) },
    })),
  ];
}

function snapshotEntries({ commit, branch, stale, unreachable, discarded, odd }: Snapshot): LogEntry[] {
  const entries: LogEntry[] = [{
    level: "info",
    event: "snapshot",
    message: `${branch} is at ${shortCommit(commit)}`,
    details: { commit, branch, stale },
    isState: true,
  }];
  if (unreachable !== undefined) {
    entries.push({
      level: "warn",
      event: "repository-unreachable",
      message: `${formatError(unreachable)}\ngoing on with ${shortCommit(commit)}`,
      details: { commit, error: errorToJson(unreachable) },
      isState: true,
    });
  }
  if (discarded.length > 0) {
    const message = `local edits discarded: ${discarded.join(", ")}`;
    entries.push({ level: "warn", event: "edits-discarded", message, details: { paths: discarded } });
  }
  for (const { path, message } of odd) {
    entries.push({ level: "warn", event: "odd-file", message, details: { path }, isState: true });
  }
  return entries;
}

function operationEntry(event: Extract<PassEvent, { readonly operation: unknown }>): LogEntry {
  const { kind, stack, operation: { id, cause } } = event;
  const details = { stack, operation: id, cause };
  const say = (level: LogEntry["level"], text: string, more = {}): LogEntry => ({
    level,
    event: kind,
    message: `${stack}: ${id}${text}`,
    details: { ...details, ...more },
  });
  switch (event.kind) {
    case "operation-started":
      return say("debug", ` (${cause})`);
    case "operation-progress":
      return say("debug", `: ${event.message}`, { progress: event.message });
    case "operation-done": {
      const milliseconds = Math.round(event.milliseconds);
      return say("info", ` (${cause}) ${formatDuration(milliseconds)}`, { milliseconds });
    }
    case "operation-failed": {
      // The whole of it stands with the stack's outcome.
      const [reason] = formatError(event.error).split("\n");
      return say("debug", ` failed: ${reason}`, { error: errorToJson(event.error) });
    }
  }
}

const LEVELS: Readonly<Record<StackOutcome["result"], LogEntry["level"]>> = {
  deployed: "info",
  pruned: "info",
  unchanged: "debug",
  interrupted: "warn",
  waiting: "warn",
  held: "warn",
  suspended: "info",
  failed: "error",
  "rolled-back": "error",
  broken: "error",
};

function stackEntry(outcome: StackOutcome, plan: Plan | undefined): LogEntry {
  const { stack, result, done, skipped, errors, milliseconds } = outcome;
  const parts = [
    count(done, "operation"),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    formatDuration(milliseconds),
  ];
  const isLeft = isLeftAlone(result);
  const isIdle = isLeft || result === "unchanged";
  const kept = plan?.prune.stacks.find(({ name }) => name === stack)?.kept ?? [];
  const { reason } = outcome;
  const headline = `${stack}: ${result}${isIdle ? "" : ` (${parts.join(", ")})`}`;
  const message = [
    ...(isLeft && reason !== undefined
      ? [reason.startsWith(result) ? `${stack}: ${reason}` : `${headline}: ${reason}`]
      : [headline]),
    ...errors.map(formatError),
    ...(isLeft || reason === undefined ? [] : [reason]),
    ...(result === "pruned" && kept.length > 0 ? [`kept: ${kept.join(", ")}`] : []),
  ].join("\n");
  return {
    // What the next pass goes on with is no trouble.
    level: result === "interrupted" && reason !== undefined && errors.length === 0 ? "info" : LEVELS[result],
    event: "stack-done",
    message,
    details: outcomeToJson(outcome),
    ...(isLeft && { isState: true }),
  };
}
