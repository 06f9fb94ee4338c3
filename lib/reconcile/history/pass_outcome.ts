/** How a pass, or a stack in it, ended. */
import { HomeportError } from "../../errors.ts";
import type { PassOutcome, StackRecord } from "./pass_record.ts";

/** Something outside must come first, and nothing else is wrong. */
export function failedOrWaiting(errors: readonly unknown[]): "failed" | "waiting" {
  const waits = errors.every((error) => error instanceof HomeportError && error.consequence === "wait");
  return waits && errors.length > 0 ? "waiting" : "failed";
}

export function outcomeOf(error: unknown): PassOutcome {
  if (error instanceof DOMException && error.name === "AbortError") return "interrupted";
  return failedOrWaiting([error]);
}

export function worstOf(stacks: readonly StackRecord[]): PassOutcome {
  const outcomes = new Set(stacks.map(({ outcome }) => outcome));
  if (outcomes.has("rolled-back")) return "failed";
  for (const outcome of ["failed", "interrupted", "waiting"] as const) {
    if (outcomes.has(outcome)) return outcome;
  }
  return outcomes.has("deployed") || outcomes.has("pruned") ? "deployed" : "unchanged";
}
