/** What may be written of a state. */
import type { HostState, StackState } from "../reconcile/state/stack_state.ts";

/** What was masked cannot be deployed again: a good state that holds a secret is not kept. Reasons are masked. */
export function redactState(state: HostState, redact: (text: string) => string): HostState {
  const stacks = Object.entries(state.stacks).map(([name, stack]) => [name, redactStack(stack, redact)]);
  return { ...state, stacks: Object.fromEntries(stacks) };
}

function redactStack(stack: StackState, redact: (text: string) => string): StackState {
  const isClear = (value: unknown) => {
    const text = JSON.stringify(value);
    return redact(text) === text;
  };
  const { hold } = stack;
  return {
    ...stack,
    good: stack.good.filter(({ images }) => isClear(images)),
    ...(hold !== undefined && "reason" in hold && { hold: { ...hold, reason: redact(hold.reason) } }),
  };
}
