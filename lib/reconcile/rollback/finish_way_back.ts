import type { StackPlan } from "../../plan/plan.ts";
import type { InterruptedGates } from "../health/interrupted_gates.ts";
import type { StackOutcome } from "../report.ts";

/** A way back whose gate was interrupted comes to its end passes later, and is told as what it is. */
export function finishWayBack(
  gates: InterruptedGates | undefined,
  stack: StackPlan,
  outcome: StackOutcome,
): StackOutcome {
  const { result, rollback, errors, gate } = outcome;
  const wayBack = rollback === undefined ? gates?.wayBackOf(stack) : { rollback, errors };
  if (wayBack === undefined) return outcome;
  if (result === "interrupted") gates?.noteWayBack(stack.name, wayBack);
  return gate === "passed" ? { ...outcome, ...wayBack, result: "rolled-back", gate: "failed" } : outcome;
}
