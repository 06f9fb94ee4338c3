/**
 * What becomes of recreations that were interrupted. While a container is recreated, the new one is called
 * `<first 12 of the old one's ID>_<name>`; so both tell afterwards how far it came.
 */
import type { ObservedContainer } from "./observed.ts";
import { isUp, type Removal } from "./slot.ts";

/** A container that a service may keep. */
export interface Candidate {
  readonly container: ObservedContainer;
  readonly number: number;
  /** The beginning of the ID of the container that it was to replace; `undefined`: it has its final name. */
  readonly replaces: string | undefined;
  /** Why it cannot stay as it is; `undefined`: it can. */
  readonly cause: string | undefined;
}

export interface Settled {
  readonly candidates: readonly Candidate[];
  readonly removals: readonly Removal[];
}

/**
 * Where the old container is still there: if it runs and is right, the new one goes. If not, and the new one is right, the recreation is
 * finished, so that nothing is lost should this pass be interrupted as well. Otherwise it is begun anew.
 */
export function settleRecreations(candidates: readonly Candidate[]): Settled {
  return candidates.reduce<Settled>((settled, candidate) => {
    const original = findOriginal(candidate, candidates);
    if (original === undefined) return settled;
    const { name } = original.container;
    const isRight = original.cause === undefined;
    if (candidate.cause === undefined && !(isRight && isUp(original.container))) {
      return drop(settled, original, "its recreation was interrupted, and is finished now");
    }
    const left = drop(settled, candidate, `an interrupted recreation of ${name} left it behind`);
    // It was stopped for the recreation, which may look as if it had done its job.
    return isRight && !isUp(original.container)
      ? withCause(left, original, `an earlier recreation of ${name} was interrupted`)
      : left;
  }, { candidates, removals: [] });
}

function findOriginal({ container, replaces }: Candidate, all: readonly Candidate[]): Candidate | undefined {
  if (replaces === undefined) return undefined;
  return all.find((each) => each.container !== container && each.container.id.startsWith(replaces));
}

function withCause({ candidates, removals }: Settled, { container }: Candidate, cause: string): Settled {
  return {
    candidates: candidates.map((each) => each.container === container ? { ...each, cause } : each),
    removals,
  };
}

function drop({ candidates, removals }: Settled, { container }: Candidate, cause: string): Settled {
  const isKnown = removals.some((each) => each.container === container);
  return {
    candidates: candidates.filter((each) => each.container !== container),
    removals: isKnown ? removals : [...removals, { container, cause }],
  };
}
