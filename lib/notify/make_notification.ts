/** One message of what happened, with a title that says the most of it, without secrets and without control characters. */
import type {
  ChangeKind,
  ChannelFilter,
  HostNews,
  HostPart,
  Notification,
  StackChange,
} from "../config/notification.ts";
import { CHANGE_KINDS } from "../config/notification.ts";

export interface MessageContext {
  readonly host: string;
  readonly now: Date;
  /** Masks secrets. */
  readonly redact: (text: string) => string;
}

export function makeNotification(
  changes: readonly StackChange[],
  { host, now, redact }: MessageContext,
): Notification {
  const cleaned = changes.map((change) => clean(change, redact));
  return {
    host,
    title: `${host}: ${titleOf(cleaned)}`,
    severity: severityOf(cleaned),
    at: now.toISOString(),
    changes: cleaned,
  };
}

export function makeTestNotification({ host, now }: Omit<MessageContext, "redact">): Notification {
  const title = `${host}: this is a test of Homeport's notifications`;
  return { host, title, severity: "info", at: now.toISOString(), changes: [] };
}

/** That a healthy stack was deployed is what everybody expects. */
const DEFAULT_KINDS: readonly ChangeKind[] = CHANGE_KINDS.filter((kind) => kind !== "deployed");

/** What a channel is told of. */
export function pick(
  changes: readonly StackChange[],
  { on = DEFAULT_KINDS, stacks }: ChannelFilter,
): readonly StackChange[] {
  return changes.filter(({ kind, stack }) =>
    on.includes(kind) && (stacks === undefined || (stack !== undefined && stacks.includes(stack)))
  );
}

const WORDS: Readonly<Record<ChangeKind, string>> = {
  failed: "failed",
  recovered: "recovered",
  deployed: "deployed",
  "rolled-back": "rolled back",
  held: "held",
  pruned: "pruned",
  "update-available": "can be updated",
};

const HOST_WORDS: Readonly<Record<HostPart, Partial<Record<ChangeKind, string>>>> = {
  repository: { failed: "repository unreachable", recovered: "repository back" },
  engine: { failed: "Docker Engine lost", recovered: "Docker Engine back" },
  host: { failed: "pass failed", recovered: "passes recovered", held: "prune waits to be confirmed" },
};

/** `immich failed` */
export function headline(change: StackChange): string {
  return change.stack === undefined ? hostWords(change) : `${change.stack} ${WORDS[change.kind]}`;
}

function hostWords({ about, kind }: HostNews): string {
  return HOST_WORDS[about][kind] ?? `${about} ${WORDS[kind]}`;
}

/** The worst comes first: `repository unreachable, immich failed, 2 recovered`. */
function titleOf(changes: readonly StackChange[]): string {
  const ofHost = changes.filter(({ stack }) => stack === undefined);
  const ofStacks = CHANGE_KINDS.map((kind) =>
    changes.filter((each) => each.kind === kind && each.stack !== undefined)
  ).filter((group) => group.length > 0);
  return [
    ...ofHost.map(headline),
    ...ofStacks.map((group) =>
      group.length === 1 ? headline(group[0]!) : `${group.length} ${WORDS[group[0]!.kind]}`
    ),
  ].join(", ");
}

function severityOf(changes: readonly StackChange[]): Notification["severity"] {
  const has = (...kinds: readonly ChangeKind[]) => changes.some(({ kind }) => kinds.includes(kind));
  if (has("failed")) return "error";
  if (has("rolled-back", "held")) return "warning";
  return has("recovered", "deployed", "pruned") ? "success" : "info";
}

/** A secret of several lines is one only as long as they stand together. */
function clean(change: StackChange, redact: (text: string) => string): StackChange {
  const lines = redact([change.message, ...change.details ?? []].join("\n")).split("\n").map(cleanLine);
  const [message = "", ...details] = lines.filter((line, index) => index === 0 || line !== "");
  return {
    ...change,
    ...(change.stack !== undefined && { stack: cleanLine(change.stack) }),
    message,
    details,
    ...(change.author !== undefined && { author: cleanLine(redact(change.author)) }),
    ...(change.subject !== undefined && { subject: cleanLine(redact(change.subject)) }),
  } as StackChange;
}

/** Colours of a terminal, and what moves, hides or reverses text: none of it is meant for a message. */
function cleanLine(line: string): string {
  // deno-lint-ignore no-control-regex
  return line.replace(/\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)/g, "")
    .replace(/[\t\u2028\u2029\u0085]/g, " ")
    .replace(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "")
    .toWellFormed().trimEnd();
}
