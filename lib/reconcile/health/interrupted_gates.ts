/** Gates whose wait was ended, from one pass to the next. In memory: after a restart, everybody is patient anew. */
import type { GateProgress } from "./health_gate.ts";

/** What is watched: as soon as it is another version of the stack, nothing is known of it. */
interface Watched {
  readonly name: string;
  readonly stackHash: string;
}

interface Interrupted {
  readonly stackHash: string;
  /** Absent: its patience begins anew. */
  readonly progress?: GateProgress;
}

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
      : new Map([...this.#now].map(([name, { stackHash }]) => [name, { stackHash }]));
    this.#now = new Map();
    this.#commit = commit;
  }

  note({ name, stackHash }: Watched, progress: GateProgress): void {
    this.#now.set(name, { stackHash, progress });
  }

  /** The pass before did not see its end. */
  has(stack: Watched): boolean {
    return this.#find(stack) !== undefined;
  }

  progressOf(stack: Watched): GateProgress | undefined {
    return this.#find(stack)?.progress;
  }

  #find({ name, stackHash }: Watched): Interrupted | undefined {
    const found = this.#before.get(name);
    return found?.stackHash === stackHash ? found : undefined;
  }
}
