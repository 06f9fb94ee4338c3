/** What the log says to each event of the loop. */
import { formatError } from "../../errors.ts";
import type { Plan } from "../../plan/plan.ts";
import type { StackOutcome } from "../../reconcile/report.ts";
import type { LoopEvent, PassDone, RetryIn } from "../../reconcile/loop/loop_events.ts";
import { shortCommit } from "../../reconcile/short_commit.ts";
import { errorToJson } from "../progress/error_json.ts";
import { outcomeToJson } from "../progress/json_lines.ts";
import { formatSums } from "../progress/report.ts";
import { count, formatBytes, formatDuration } from "../wording.ts";
import { passEntries } from "./pass_entries.ts";

export interface LogEntry {
  readonly level: "debug" | "info" | "warn" | "error";
  /** The kind of event, as the loop or the pass names it. */
  readonly event: string;
  /** For people; often one line. */
  readonly message: string;
  /** For programs, beside the message. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** It describes a state, which the next pass finds again. */
  readonly isState?: true;
}

export class LogEntries {
  /** States that were found: in the pass before, and in the one that runs. */
  #before = new Set<string>();
  #found = new Set<string>();
  #plan: Plan | undefined;

  of(event: LoopEvent): LogEntry[] {
    if (event.kind !== "pass-event") {
      if (event.kind === "pass-done") {
        this.#before = this.#found;
        this.#found = new Set();
      }
      return loopEntries(event);
    }
    if (event.event.kind === "planned") this.#plan = event.event.plan;
    return passEntries(event.event, this.#plan).map((entry) => this.#onlyNew(entry));
  }

  #onlyNew(entry: LogEntry): LogEntry {
    if (entry.isState === undefined) return entry;
    const isKnown = this.#before.has(entry.message) || this.#found.has(entry.message);
    this.#found.add(entry.message);
    return isKnown ? { ...entry, level: "debug" } : entry;
  }
}

function loopEntries(event: Exclude<LoopEvent, { readonly kind: "pass-event" }>): LogEntry[] {
  const { kind } = event;
  const say = (level: LogEntry["level"], message: string, details = {}): LogEntry[] => [{
    level,
    event: kind,
    message,
    details,
  }];
  switch (event.kind) {
    case "waiting":
      return say("info", `waiting for ${event.holder}`, { holder: event.holder });
    case "started":
      return say("info", `following the repository for ${event.host}, every ${formatWait(event.interval)}`, {
        interval: event.interval,
      });
    case "engine-lost":
      return say("warn", `${formatError(event.error)}\ntrying until it is back`, {
        error: errorToJson(event.error),
      });
    case "engine-back":
      return say("info", "the Docker Engine is back");
    case "pass-started":
      return say("debug", `pass: ${event.triggers.join(", ")}`, { triggers: event.triggers });
    case "pass-done":
      return passDone(event);
    case "pass-failed":
      return [{
        level: "error",
        event: kind,
        message: [formatError(event.error), ...event.retries.map(formatRetry)].join("\n"),
        details: {
          triggers: event.triggers,
          error: errorToJson(event.error),
          milliseconds: Math.round(event.milliseconds),
          retries: event.retries,
        },
      }];
    case "pass-held":
      return say(
        "debug",
        `${shortCommit(event.commit)} failed a short while ago, and is tried again in its time`,
        { triggers: event.triggers, commit: event.commit },
      );
    case "cleanup-started":
      return say("debug", "cleanup: looking for images that are of no use any more");
    case "image-removed":
      return say("info", `cleanup: ${event.reference} removed`, {
        image: event.id,
        reference: event.reference,
      });
    case "image-kept":
      return say("debug", `cleanup: ${event.reference} is in use: ${event.reason}`, {
        image: event.id,
        reference: event.reference,
        reason: event.reason,
      });
    case "image-failed":
      return say("warn", `cleanup: ${formatError(event.error)}`, {
        image: event.id,
        reference: event.reference,
        error: errorToJson(event.error),
      });
    case "cleanup-done": {
      const { images, kept, failed, bytes } = event.report;
      const message = `cleanup: ${count(images.length, "image")} removed, ${formatBytes(bytes)} reclaimed`;
      const counts = { removed: images.length, kept: kept.length, failed: failed.length, bytes };
      return say(images.length > 0 ? "info" : "debug", message, counts);
    }
    case "cleanup-failed":
      return say("error", `cleanup: ${formatError(event.error)}`, { error: errorToJson(event.error) });
    case "notification-warning":
    case "journal-warning":
      return say("warn", event.message);
    case "window-opened": {
      const until = event.closesAt.toISOString();
      const message = `a maintenance window is open until ${until}: nothing new is deployed`;
      return say("info", message, { closesAt: until });
    }
    case "window-closed":
      return say("info", "the maintenance window is closed");
    case "stopping":
      return say("info", "stopping after the operations in hand");
    case "stopped":
      return say("info", "stopped");
  }
}

/** What stays so from pass to pass is said with the stack, once. */
const IDLE: readonly StackOutcome["result"][] = ["unchanged", "broken", "suspended", "held"];

function passDone({ kind, triggers, report, milliseconds, retries }: PassDone): LogEntry[] {
  const { commit, outcomes, plan } = report;
  const changed = outcomes.filter(({ result }) => !IDLE.includes(result));
  const summary = `${plan.host} at ${shortCommit(commit)}: ${formatSums(outcomes)} (${triggers.join(", ")}, ${
    formatDuration(milliseconds)
  })`;
  return [{
    level: changed.length > 0 ? "info" : "debug",
    event: kind,
    message: [summary, ...retries.map(formatRetry)].join("\n"),
    details: {
      triggers,
      commit,
      outcomes: outcomes.map(outcomeToJson),
      milliseconds: Math.round(milliseconds),
      retries,
    },
  }];
}

function formatRetry({ subject, wait, failures }: RetryIn): string {
  const what = subject.replace(/^stack /, "");
  const times = failures === 1 ? "" : `, after ${failures} failures`;
  return `${what}: next try in ${formatWait(wait)}${times}`;
}

function formatWait(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
