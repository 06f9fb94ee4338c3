/** What was done on a host, as people and programs read it. What is here stays: fields may be added. */
import type { CleanupRecord } from "../cleanup/cleanup_report.ts";
import type { CommitRecord, ImageChange, OperationRecord, PassOutcome, StackRecord } from "./pass_record.ts";

export interface History {
  readonly host: string;
  /** When the last pass ended, whether it had anything to do or not. RFC 3339. */
  readonly lastPass: string;
  /** Newest first, by `lastAt`. */
  readonly entries: readonly HistoryEntry[];
}

export interface HistoryOptions {
  readonly host: string;
  /** Only this stack. */
  readonly stack?: string;
  /** The newest so many. */
  readonly limit: number;
}

/** One stack in one pass; a pass that ended before it came to any stack; or a cleanup that removed images. */
export interface HistoryEntry {
  /** What the entries of one pass have in common. Absent: it was none. */
  readonly pass?: number;
  readonly trigger: string;
  /** When the pass began, RFC 3339. */
  readonly startedAt: string;
  readonly commit?: CommitRecord;
  /** How often the same came again in later passes. Only what did nothing is counted so. */
  readonly repeated: number;
  /** When it last came. */
  readonly lastAt: string;
  readonly subject:
    | { readonly kind: "stack" } & StackRecord
    | { readonly kind: "pass"; readonly outcome: PassOutcome; readonly error: string }
    | { readonly kind: "cleanup"; readonly outcome: "cleaned" | "failed" } & CleanupEntry;
}

export type CleanupEntry = Pick<CleanupRecord, "images" | "bytes" | "errors">;

export type { ImageChange, OperationRecord };
