/** What a pass says while it runs, and in the end. */
import type { Operation } from "../plan/operation.ts";
import type { Plan } from "../plan/plan.ts";
import type { StackWarning } from "../stacks/desired_stack.ts";
import type { Snapshot } from "./ports.ts";

export type PassEvent =
  /** Another process works in the data folder. */
  | { readonly kind: "waiting"; readonly holder: string }
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot }
  | { readonly kind: "warning"; readonly warning: StackWarning }
  | { readonly kind: "skipped-folder"; readonly folder: string }
  | { readonly kind: "planned"; readonly plan: Plan }
  | { readonly kind: "operation-started"; readonly stack: string; readonly operation: Operation }
  | {
    readonly kind: "operation-progress";
    readonly stack: string;
    readonly operation: Operation;
    readonly message: string;
  }
  | {
    readonly kind: "operation-done";
    readonly stack: string;
    readonly operation: Operation;
    readonly milliseconds: number;
  }
  | {
    readonly kind: "operation-failed";
    readonly stack: string;
    readonly operation: Operation;
    readonly error: Error;
  }
  | { readonly kind: "stack-done"; readonly outcome: StackOutcome }
  /** What was done was not kept, or what was kept is gone. */
  | { readonly kind: "journal-warning"; readonly message: string }
  /** People were not told what changed. */
  | { readonly kind: "notification-warning"; readonly message: string };

export interface StackOutcome {
  readonly stack: string;
  /**
   * `unchanged`: nothing to do. `broken`: its files could not be loaded. `waiting`: secrets that it needs could not be had.
   * `interrupted`: the pass was ended before it was done.
   */
  readonly result: "deployed" | "unchanged" | "failed" | "broken" | "waiting" | "pruned" | "interrupted";
  /** Operations carried out. */
  readonly done: number;
  /** Operations not begun, because one before them failed. */
  readonly skipped: number;
  readonly errors: readonly Error[];
  readonly milliseconds: number;
}

export interface ApplyReport {
  readonly commit: string;
  readonly plan: Plan;
  readonly outcomes: readonly StackOutcome[];
}
