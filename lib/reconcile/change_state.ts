import { type StackState, stateOf } from "./stack_state.ts";
import type { StateStore } from "./ports.ts";

/** Changes what is known of one stack, at once. Gives what a person should know. */
export function changeStack(
  store: StateStore,
  stack: string,
  change: (state: StackState) => StackState,
): readonly string[] {
  const state = store.read();
  return store.write({ ...state, stacks: { ...state.stacks, [stack]: change(stateOf(state, stack)) } });
}

export function withoutHold({ hold: _, ...state }: StackState): StackState {
  return state;
}
