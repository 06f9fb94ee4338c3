/** How a pass ends for the stacks that it leaves alone on purpose. */
import { HomeportError } from "../errors.ts";
import type { LeftAlone } from "../plan/left_alone.ts";
import type { PlannedPass, RunPassOptions } from "./pass.ts";
import type { StackOutcome } from "./report.ts";
import { stateOf } from "./state/stack_state.ts";

export function leftAlone(planned: PlannedPass): readonly StackOutcome[] {
  const { plan } = planned;
  const { left: prune } = plan.prune;
  return [
    ...(plan.suspended ?? []).map(({ name, reason }) => outcome(planned, name, "suspended", reason)),
    ...(prune === undefined ? [] : plan.prune.stacks.map(({ name }) => held(planned, name, prune))),
    ...plan.stacks.flatMap(({ name, left }) => left === undefined ? [] : [held(planned, name, left)]),
  ];
}

/** Whoever names one stack is told at once. */
export function refuseSuspended({ plan: { suspended = [] } }: PlannedPass, { stack }: RunPassOptions): void {
  const found = stack === undefined ? undefined : suspended.find(({ name }) => name === stack);
  if (found === undefined) return;
  throw new HomeportError(`Stack ${found.name} is ${found.reason}`, {
    hint: "end that first, and try again",
  });
}

function held(planned: PlannedPass, stack: string, { kind, reason }: LeftAlone): StackOutcome {
  return { ...outcome(planned, stack, "held", reason), hold: kind };
}

function outcome(
  { state }: PlannedPass,
  stack: string,
  result: "held" | "suspended",
  reason: string,
): StackOutcome {
  const known = stateOf(state, stack).left?.reason === reason;
  return { stack, result, done: 0, skipped: 0, errors: [], milliseconds: 0, reason, ...(known && { known }) };
}
