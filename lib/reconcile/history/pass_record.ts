/** What is kept of a pass: what was done, why, and how it ended. Plain data, which the journal writes down. */

export interface PassRecord {
  readonly host: string;
  /** What set the pass off, such as `apply`. */
  readonly trigger: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** Absent: the pass ended before it knew. */
  readonly commit?: CommitRecord;
  readonly outcome: PassOutcome;
  /** What ended the pass as a whole, as people read it. */
  readonly error?: string;
  readonly stacks: readonly StackRecord[];
}

export interface CommitRecord {
  /** Full commit ID. */
  readonly id: string;
  readonly author?: string;
  /** The first line of the commit's message. */
  readonly subject?: string;
}

const PASS_OUTCOMES = ["deployed", "unchanged", "failed", "waiting", "interrupted"] as const;
/** As that of its stacks: the worst of them. */
export type PassOutcome = typeof PASS_OUTCOMES[number];

const STACK_OUTCOMES = [
  "deployed",
  "unchanged",
  "failed",
  "waiting",
  "pruned",
  "interrupted",
  "rolled-back",
  "held",
  "suspended",
] as const;
/** `waiting`: something outside must come first, such as a secret. */
export type StackRecordOutcome = typeof STACK_OUTCOMES[number];

export interface StackRecord {
  readonly stack: string;
  /** Absent: its files could not be loaded. */
  readonly project?: string;
  /** `none`: there was nothing to do, or nothing that could be done. */
  readonly action: "create" | "update" | "prune" | "none";
  readonly outcome: StackRecordOutcome;
  readonly stackHash?: string;
  readonly milliseconds: number;
  /** Why, in words; each once. */
  readonly causes: readonly string[];
  readonly operations: readonly OperationRecord[];
  /** As people read them, with what to do. */
  readonly errors: readonly string[];
  readonly images: readonly ImageChange[];
  /** `to`: the commit. */
  readonly rollback?: { readonly to: string; readonly reason: string };
  /** How its services fared afterwards. Absent: that was not watched. */
  readonly gate?: "passed" | "failed" | "off";
}

export interface OperationRecord {
  /** Such as `create-container web-1`. */
  readonly id: string;
  readonly cause: string;
  /** `skipped`: not begun. `interrupted`: cut short with the pass. */
  readonly outcome: "done" | "failed" | "skipped" | "interrupted";
  /** Absent: it was not begun. */
  readonly milliseconds?: number;
}

/** What a service ran before the pass, and what after it; the same where nothing changed. */
export interface ImageChange {
  readonly service: string;
  /** Absent: it did not run. */
  readonly before?: ServiceImage;
  /** Absent: it runs no more, or nobody could tell. */
  readonly after?: ServiceImage;
}

export interface ServiceImage {
  /** As the Compose file has it, such as `nginx:1.27`. Absent: the engine knows only its ID. */
  readonly reference?: string;
  /** The engine's own ID. */
  readonly id: string;
  /** Such as `nginx@sha256:…`, by which the registry has it that it came from. Built images have one on some engines, too. */
  readonly digest?: string;
}
