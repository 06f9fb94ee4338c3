/** Gates whose wait was ended, from one pass to the next. In memory: after a restart, everybody is patient anew. */
import type { GateProgress } from "./health_gate.ts";
import type { StackOutcome } from "../report.ts";

/** What is watched: as soon as it is another version of the stack, nothing is known of it. */
interface Watched {
  readonly name: string;
  readonly stackHash: string;
}

interface Interrupted {
  readonly stackHash: string;
  /** Absent: its patience begins anew. */
  readonly progress?: GateProgress;
  readonly wayBack?: WayBackTold;
}

/** What is told of a way back at its end. */
export type WayBackTold = Pick<StackOutcome, "rollback" | "errors">;

export class InterruptedGates {
  #commit: string | undefined;
  #before: ReadonlyMap<string, Interrupted> = new Map();
  #now = new Map<string, Interrupted>();

  /**
   * A pass begins. It goes on with what the one before left; where that was about another commit, or a person asked, what stood in the
   * way of a stack may be gone: all are given their full time then.
   */
  begin(commit: string | undefined, isAnew: boolean): void {
    const goesOn = commit === this.#commit && !isAnew;
    this.#before = goesOn
      ? this.#now
      : new Map([...this.#now].map(([name, { progress: _, ...gate }]) => [name, gate]));
    this.#now = new Map();
    this.#commit = commit;
  }

  note({ name, stackHash }: Watched, progress: GateProgress): void {
    this.#now.set(name, { stackHash, progress });
  }

  /** What is watched is what the stack went back to. */
  noteWayBack(name: string, wayBack: WayBackTold): void {
    const gate = this.#now.get(name);
    if (gate !== undefined) this.#now.set(name, { ...gate, wayBack });
  }

  /** The pass before did not see its end. */
  has(stack: Watched): boolean {
    return this.#find(stack) !== undefined;
  }

  progressOf(stack: Watched): GateProgress | undefined {
    return this.#find(stack)?.progress;
  }

  wayBackOf(stack: Watched): WayBackTold | undefined {
    return this.#find(stack)?.wayBack;
  }

  #find({ name, stackHash }: Watched): Interrupted | undefined {
    const found = this.#before.get(name);
    return found?.stackHash === stackHash ? found : undefined;
  }
}
