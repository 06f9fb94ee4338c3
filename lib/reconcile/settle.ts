/** Carries a stack's operations out, and says how that ended. */
import { HomeportError } from "../errors.ts";
import type { Operation } from "../plan/operation.ts";
import { carryOut } from "./carry_out.ts";
import type { RunPassOptions } from "./pass.ts";
import type { StackOutcome } from "./report.ts";

export interface Attempt {
  readonly outcome: StackOutcome;
  /** Something was begun that changes what runs: more than pulling and building images. */
  readonly isTouched: boolean;
  /** It failed, and nothing but the stack itself is known to be the reason. */
  readonly isOwnFault: boolean;
}

export const NOTHING_DONE = { done: 0, skipped: 0, errors: [], milliseconds: 0 } as const;

export async function settle(
  { signal, onEvent }: Pick<RunPassOptions, "signal" | "onEvent">,
  stack: string,
  operations: readonly Operation[],
  success: "deployed" | "pruned",
  execute: (operation: Operation) => Promise<void>,
): Promise<Attempt> {
  if (operations.length === 0) {
    return {
      outcome: { ...NOTHING_DONE, stack, result: "unchanged" },
      isTouched: false,
      isOwnFault: false,
    };
  }
  const started = performance.now();
  let isTouched = false;
  const failed: { readonly operation: Operation; readonly error: Error }[] = [];
  const { done, skipped, errors, interrupted } = await carryOut(operations, {
    execute,
    signal,
    onStarted: (operation) => {
      isTouched ||= !isOfImage(operation);
      onEvent?.({ kind: "operation-started", stack, operation });
    },
    onDone: (operation, milliseconds) =>
      onEvent?.({ kind: "operation-done", stack, operation, milliseconds }),
    onFailed: (operation, error) => {
      failed.push({ operation, error });
      onEvent?.({ kind: "operation-failed", stack, operation, error });
    },
  });
  const result = errors.length > 0 ? "failed" : interrupted ? "interrupted" : success;
  return {
    outcome: { stack, result, done, skipped, errors, milliseconds: performance.now() - started },
    isTouched,
    isOwnFault: failed.some(({ operation }) => !isOfImage(operation)) &&
      failed.every(({ error }) => !mayPass(error)),
  };
}

function isOfImage({ kind }: Operation): boolean {
  return kind === "pull-image" || kind === "build-image";
}

export function mayPass(error: Error): boolean {
  return error instanceof HomeportError && error.consequence !== "stalled";
}

/** Of one stack, one after the other; the later one tells how it ended. */
export function afterEachOther(first: Attempt, second: Attempt): Attempt {
  return {
    outcome: {
      ...second.outcome,
      done: first.outcome.done + second.outcome.done,
      milliseconds: first.outcome.milliseconds + second.outcome.milliseconds,
    },
    isTouched: first.isTouched || second.isTouched,
    isOwnFault: second.isOwnFault,
  };
}
