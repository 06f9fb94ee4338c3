/** What people are told of a host: what is otherwise than it was when they were last told. */
import type { HostPart, StackChange } from "../../config/notification.ts";
import type { CommitRecord } from "../history/pass_record.ts";

export type { ChangeKind, HostNews, HostPart, StackChange, StackNews } from "../../config/notification.ts";

/** What was last told of a {@linkcode ToldSubject}. What is well has none. Plain data, to be kept across restarts. */
export interface ToldStatus {
  readonly state: "failed" | "broken" | "waiting" | "rolled-back" | "held" | "update-available";
  /** What was tried, such as the stack's hash, or the digest of a newer image: of another one it is news again. */
  readonly of?: string;
}

export type ToldSubject = HostPart | `stack ${string}` | `update ${string}`;

/** By {@linkcode ToldSubject}. */
export type Told = Readonly<Record<string, ToldStatus>>;

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
