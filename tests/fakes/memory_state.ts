/** A state that lives as long as the test, and counts how often it is written. */
import type { StateStore, StateWatch } from "../../lib/reconcile/ports.ts";
import {
  type HostState,
  NO_STATE,
  type StackState,
  stateOf,
  type Suspension,
} from "../../lib/reconcile/state/stack_state.ts";

export class MemoryState implements StateStore {
  state: HostState = NO_STATE;
  written = 0;
  given: Record<string, Suspension> = {};
  /** What a write gives, in place of writing. */
  failure: string | undefined;
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  read(): HostState {
    return this.state;
  }

  fault(): undefined {
    return undefined;
  }

  write(state: HostState): readonly string[] {
    if (this.failure !== undefined) return [this.failure];
    this.written++;
    // As a file has it.
    this.state = JSON.parse(JSON.stringify(state));
    return [];
  }

  suspensions(): Readonly<Record<string, Suspension>> {
    const open = Object.entries(this.given).filter(([, { until }]) =>
      until === undefined || Date.parse(until) > this.#now().getTime()
    );
    return this.given = Object.fromEntries(open);
  }

  of(stack: string): StackState {
    return stateOf(this.state, stack);
  }
}

/** A watch whose news a test makes. */
export class FakeWatch implements StateWatch {
  readonly passes: string[] = [];
  tell = () => {};

  follow(onNews: () => void): void {
    this.tell = onNews;
  }

  passBegins(): void {
    this.passes.push("begins");
  }

  passEnds(): void {
    this.passes.push("ends");
  }
}
