/** What the loop says while it runs. */
import type { CleanupEvent } from "../cleanup/cleanup_report.ts";
import type { Retry } from "./failures.ts";
import type { ApplyReport, PassEvent } from "../report.ts";
import type { PassTrigger } from "./schedule.ts";

export type LoopEvent =
  /** Another process works in the data folder. */
  | { readonly kind: "waiting"; readonly holder: string }
  | { readonly kind: "started"; readonly host: string; readonly interval: number }
  /** The engine cannot be followed. It is tried again until it is back. */
  | { readonly kind: "engine-lost"; readonly error: Error }
  | { readonly kind: "engine-back" }
  | { readonly kind: "pass-started"; readonly triggers: readonly PassTrigger[] }
  | { readonly kind: "pass-event"; readonly event: PassEvent }
  | PassDone
  | {
    readonly kind: "pass-failed";
    readonly triggers: readonly PassTrigger[];
    readonly error: Error;
    readonly milliseconds: number;
    readonly retries: readonly RetryIn[];
  }
  /** What failed before is the same, and its time has not come. */
  | { readonly kind: "pass-held"; readonly triggers: readonly PassTrigger[]; readonly commit: string }
  /** People were not told what changed. */
  | { readonly kind: "notification-warning"; readonly message: string }
  | CleanupEvent
  | { readonly kind: "cleanup-failed"; readonly error: Error }
  /** From now on nothing new is deployed. */
  | { readonly kind: "window-opened"; readonly closesAt: Date }
  | { readonly kind: "window-closed" }
  | { readonly kind: "stopping" }
  | { readonly kind: "stopped" };

export interface PassDone {
  readonly kind: "pass-done";
  readonly triggers: readonly PassTrigger[];
  readonly report: ApplyReport;
  readonly milliseconds: number;
  /** What failed in this pass or in one before, and when it is tried again. */
  readonly retries: readonly RetryIn[];
}

export interface RetryIn extends Omit<Retry, "at"> {
  /** Milliseconds. */
  readonly wait: number;
}
