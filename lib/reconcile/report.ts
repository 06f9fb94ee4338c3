/** What a pass says while it runs, and in the end. */
import type { Operation } from "../plan/operation.ts";
import type { LeftAlone } from "../plan/left_alone.ts";
import type { Plan } from "../plan/plan.ts";
import type { StackWarning } from "../stacks/desired_stack.ts";
import type { Snapshot } from "./ports.ts";
import type { UpdateFindings } from "./updates.ts";
import type { Hold } from "./state/stack_state.ts";

export type PassEvent =
  /** Another process works in the data folder. */
  | { readonly kind: "waiting"; readonly holder: string }
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot }
  | { readonly kind: "warning"; readonly warning: StackWarning }
  | { readonly kind: "skipped-folder"; readonly folder: string }
  /** Registries were asked for newer images. */
  | { readonly kind: "updates"; readonly findings: UpdateFindings }
  | { readonly kind: "planned"; readonly plan: Plan }
  /** Until it is done, what happens to it is looked after. */
  | { readonly kind: "stack-started"; readonly stack: string }
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
  /** The stack's operations are through, and its services are watched. */
  | { readonly kind: "gate-waiting"; readonly stack: string; readonly message: string }
  /** It failed, and what ran before is brought back. `to`: the commit. */
  | {
    readonly kind: "rollback-started";
    readonly stack: string;
    readonly to: string;
    readonly reason: string;
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
   * `interrupted`: the pass was ended before it was done. `rolled-back`: it failed, and what ran before is back. `held`: it stays as it
   * is until a person or a commit changes that. `suspended`: somebody wants it left alone.
   */
  readonly result:
    | "deployed"
    | "unchanged"
    | "failed"
    | "broken"
    | "waiting"
    | "pruned"
    | "interrupted"
    | "rolled-back"
    | "held"
    | "suspended";
  /** Operations carried out. */
  readonly done: number;
  /** Operations not begun, because one before them failed. */
  readonly skipped: number;
  readonly errors: readonly Error[];
  readonly milliseconds: number;
  /** Why it was left as it is, and what ends that; in words. */
  readonly reason?: string;
  /** Of what is held: why. */
  readonly hold?: Hold["kind"] | LeftAlone["kind"];
  /** It was left so before, and that was told. */
  readonly known?: boolean;
  /** `to`: the commit. */
  readonly rollback?: { readonly to: string; readonly reason: string };
  /** Absent: there was nothing to be watched. */
  readonly gate?: "passed" | "failed" | "off";
}

/** Nothing was tried, so there is nothing to count. */
export function isLeftAlone(result: StackOutcome["result"]): boolean {
  return result === "broken" || result === "waiting" || result === "held" || result === "suspended";
}

export interface ApplyReport {
  readonly commit: string;
  readonly plan: Plan;
  readonly outcomes: readonly StackOutcome[];
  /** What registries have; absent: nobody looked. */
  readonly updates?: UpdateFindings;
  /** A person brought a stack back. */
  readonly returned?: Returned;
}

export interface Returned {
  /** Full ID of the commit that the stack is held at. */
  readonly to: string;
  /** No good state of that commit is known: the images are those that its files name, as they are today. */
  readonly imagesAsNamed: boolean;
}
