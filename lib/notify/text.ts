/** A notification as lines of text that fit into what a channel takes. */
import type { ChangeKind, Notification, StackChange } from "../config/notification.ts";
import { shortCommit } from "../reconcile/short_commit.ts";
import { headline } from "./make_notification.ts";

export interface TextLimits {
  /** The most that `measure` may give. */
  readonly most: number;
  /** Default: UTF-16 code units, as most services count. */
  readonly measure?: (text: string) => number;
  /** Keeps text from being read as the channel's markup. Default: there is none. */
  readonly escape?: (text: string) => string;
}

const MARKS: Readonly<Record<ChangeKind, string>> = {
  failed: "✗",
  recovered: "✓",
  deployed: "✓",
  "rolled-back": "!",
  held: "!",
  pruned: "−",
  "update-available": "↑",
};

/** How much of the details is said, and how long a line may be: less and less, until it fits. */
const LEVELS = [
  { details: 40, width: 1000 },
  { details: 15, width: 400 },
  { details: 6, width: 200 },
  { details: 2, width: 160 },
  { details: 0, width: 160 },
] as const;

/** All that there is to say below the title. Of details, the first and the last lines are the last to go. */
export function textOf({ changes }: Notification, limits: TextLimits): string {
  const { most, measure = (text) => text.length, escape = (text) => text } = limits;
  if (changes.length === 0) return escape(TEST);
  for (const level of LEVELS) {
    const text = linesOf(changes, level).map(escape).join("\n");
    if (measure(text) <= most) return text;
  }
  return cut(changes.map((change) => escape(line(change, 160))), most, measure);
}

const TEST = "If you can read this, it works.";

/** The title, so long at most. */
export function titleOf({ title }: Notification, most: number): string {
  return shorten(title, most);
}

export function utf8Length(text: string): number {
  return ENCODER.encode(text).length;
}

const ENCODER = new TextEncoder();

function linesOf(changes: readonly StackChange[], { details, width }: typeof LEVELS[number]): string[] {
  const commits = new Set(changes.map(commitLine).filter((each) => each !== undefined));
  return [
    ...changes.flatMap((change) => [
      line(change, width),
      ...middleOut(change.details ?? [], details).map((each) => `  ${shorten(each, width)}`),
    ]),
    ...[...commits].map((each) => shorten(each, width)),
  ];
}

function line(change: StackChange, width: number): string {
  return shorten(`${MARKS[change.kind]} ${headline(change)}: ${change.message}`, width);
}

/** `c0ffee1 Move to port 80 (Eva)` */
function commitLine({ commit, author, subject }: StackChange): string | undefined {
  if (commit === undefined) return undefined;
  return [shortCommit(commit), subject, author && `(${author})`].filter(Boolean).join(" ");
}

/** The first says what to do, and the last lines of a log what went wrong. */
function middleOut(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  if (most === 0) return [];
  const first = Math.ceil(most / 2);
  return [...lines.slice(0, first), "…", ...lines.slice(lines.length - (most - first))];
}

/** As many lines as fit; how many are left out is said. */
function cut(lines: readonly string[], most: number, measure: (text: string) => number): string {
  const textOf = (kept: number) => [...lines.slice(0, kept), `… and ${lines.length - kept} more`].join("\n");
  let [fits, tooMany] = [0, lines.length];
  while (tooMany - fits > 1) {
    const middle = Math.floor((fits + tooMany) / 2);
    if (measure(textOf(middle)) <= most) fits = middle;
    else tooMany = middle;
  }
  return textOf(fits);
}

/** Never in the middle of a character. */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
