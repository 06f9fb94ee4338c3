/** What passes know of the stacks, for the passes to come. Nothing is written where nothing changed. */
import type { StackPlan } from "../../plan/plan.ts";
import { isDrift, recentHeals } from "../leave_alone.ts";
import type { PassDependencies, PlannedPass } from "../pass.ts";
import type { StateStore } from "../ports.ts";
import { type HostState, type StackState, stateOf } from "./stack_state.ts";

/** Gives what a person should know about the state itself, often nothing. */
export function changeState(
  store: StateStore | undefined,
  change: (state: HostState) => HostState,
): readonly string[] {
  if (store === undefined) return [];
  const before = store.read();
  const after = change(before);
  return after === before || JSON.stringify(after) === JSON.stringify(before) ? [] : store.write(after);
}

export function changeStack(
  state: HostState,
  name: string,
  change: (stack: StackState) => StackState,
): HostState {
  return { ...state, stacks: { ...state.stacks, [name]: change(stateOf(state, name)) } };
}

/** Before anything is touched: what is asked for of the stacks that are about to be deployed, and which of them are put back. */
export function noteIntended(
  { state: store, settings, now }: PassDependencies,
  { commit, held }: Pick<PlannedPass, "commit" | "held">,
  stacks: readonly StackPlan[],
): readonly string[] {
  const since = now().toISOString();
  return changeState(
    store,
    (state) =>
      stacks.filter(({ operations, left }) => operations.length > 0 && left === undefined).reduce(
        (changed, stack) =>
          changeStack(changed, stack.name, (known) => {
            const { stackHash } = stack;
            const isBack = held.has(stack.name);
            const isSame = isBack || known.intended?.stackHash === stackHash;
            const heals = afterHold(known, recentHeals(known, settings.drift.within, now()));
            const isHeal = isDrift(stack, known);
            return {
              ...withoutDriftHold(known),
              ...(!isHeal && { isUnderWay: true }),
              // A stack that went back is held to something else than what is asked for.
              ...(!isSame && { intended: { commit, stackHash, since } }),
              heals: isHeal ? [...heals, since] : isSame ? heals : [],
            };
          }),
        state,
      ),
  );
}

/** A hold that ended, for whatever reason, begins the count anew. */
function afterHold({ hold }: StackState, heals: readonly string[]): readonly string[] {
  return hold?.kind === "drift" ? [] : heals;
}

export function withoutDriftHold(known: StackState): StackState {
  if (known.hold?.kind !== "drift") return known;
  const { hold: _hold, ...others } = known;
  return others;
}
