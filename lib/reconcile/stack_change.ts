/** What people are told of a host: what is otherwise than it was when they were last told. */
import type { CommitRecord } from "./pass_record.ts";

export const CHANGE_KINDS = [
  "failed",
  "recovered",
  "deployed",
  "rolled-back",
  "held",
  "pruned",
  "update-available",
] as const;
export type ChangeKind = typeof CHANGE_KINDS[number];

/** One thing that people are told, once. */
export type StackChange = StackNews | HostNews;

/** What there is to say of a stack. */
export interface StackNews extends News {
  /** The stack's name. */
  readonly stack: string;
}

/** What there is to say of the host as a whole: that its repository or its engine is gone or back, that a whole pass failed or is held. */
export interface HostNews extends News {
  readonly stack?: undefined;
  readonly about: HostPart;
}

export type HostPart = "repository" | "engine" | "host";

interface News extends Partial<CommitWords> {
  readonly kind: ChangeKind;
  /** One line, without the stack's name. */
  readonly message: string;
  /** Further lines: hints, causes, the last lines of a log. */
  readonly details?: readonly string[];
}

interface CommitWords {
  /** Full commit ID. */
  readonly commit: string;
  readonly author: string;
  /** The first line of the commit's message. */
  readonly subject: string;
}

/** What was last told of a {@linkcode ToldSubject}. What is well has none. Plain data, to be kept across restarts. */
export interface ToldStatus {
  readonly state: "failed" | "broken" | "waiting" | "rolled-back" | "held";
  /** Of what commit it was said. Absent: of none. */
  readonly commit?: string;
}

export type ToldSubject = HostPart | `stack ${string}`;

/** By {@linkcode ToldSubject}. */
export type Told = Readonly<Record<string, ToldStatus>>;

/** Keeps what was told. */
export interface ToldStore {
  told(): Told;
  setTold(told: Told): void | Promise<void>;
}

export interface Changes {
  readonly changes: readonly StackChange[];
  /** What has been told when these changes are. */
  readonly status: Told;
}

/** Says of each change from which commit it came. */
export function withCommit(changes: readonly StackChange[], commit: CommitRecord): readonly StackChange[] {
  return changes.map((change) =>
    change.commit !== commit.id ? change : {
      ...change,
      ...(commit.author !== undefined && { author: commit.author }),
      ...(commit.subject !== undefined && { subject: commit.subject }),
    }
  );
}
