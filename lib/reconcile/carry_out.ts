/** Carries out one stack's operations: side by side as far as `after` allows. */
import { asError } from "../errors.ts";
import type { Operation } from "../plan/operation.ts";

export interface CarryOutOptions {
  readonly execute: (operation: Operation) => Promise<void>;
  /** Once aborted nothing new is begun; what is in hand is finished, unless {@linkcode isCutShort}. */
  readonly signal: AbortSignal;
  readonly onStarted?: (operation: Operation) => void;
  readonly onDone?: (operation: Operation, milliseconds: number) => void;
  readonly onFailed?: (operation: Operation, error: Error) => void;
}

export interface CarriedOut {
  readonly done: number;
  /** Not begun: one before it failed, or the pass was ended. */
  readonly skipped: number;
  readonly errors: readonly Error[];
  /** The pass was ended before everything was done that could be done. */
  readonly interrupted: boolean;
}

/** Never rejects: a failing operation skips what comes after it, and everything else goes on. */
export async function carryOut(
  operations: readonly Operation[],
  options: CarryOutOptions,
): Promise<CarriedOut> {
  const done = new Set<string>();
  const errors: Error[] = [];
  const waiting = new Set(operations);
  const running = new Map<string, Promise<void>>();
  let cut = false;

  const run = async (operation: Operation): Promise<void> => {
    const started = performance.now();
    options.onStarted?.(operation);
    try {
      await options.execute(operation);
      done.add(operation.id);
      options.onDone?.(operation, performance.now() - started);
    } catch (thrown) {
      const error = asError(thrown);
      if (options.signal.aborted && isCutShort(operation)) {
        cut = true;
      } else {
        errors.push(error);
        options.onFailed?.(operation, error);
      }
    } finally {
      running.delete(operation.id);
    }
  };

  for (;;) {
    if (!options.signal.aborted) {
      for (const operation of waiting) {
        if (!operation.after.every((id) => done.has(id))) continue;
        waiting.delete(operation);
        running.set(operation.id, run(operation));
      }
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  const interrupted = cut || (options.signal.aborted && [...waiting].length > 0);
  return { done: done.size, skipped: waiting.size, errors, interrupted };
}

/** Pulling, building and waiting leave nothing half-done, and may take long: only they do not outlive the signal. */
export function isCutShort({ kind }: Operation): boolean {
  return kind === "pull-image" || kind === "build-image" || kind === "wait-for-service";
}
