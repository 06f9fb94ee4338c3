/** What only waits in the pass that runs, and what ends that. */
import { linkedSignal } from "../../linked_signal.ts";
import type { Clock } from "../ports.ts";
import type { PassEvent } from "../report.ts";

/** Of one pass. */
export interface PassWaits extends Disposable {
  /** Aborted: nobody waits any longer. */
  readonly ended: AbortSignal;
}

export class Waits {
  readonly #clock: Clock;
  #end = () => {};
  #over = AbortSignal.abort();
  /** By stack that drifted: when that is to end the waits. */
  readonly #due = new Map<string, number>();
  /** Stacks that are being deployed, or watched after that. */
  readonly #inHand = new Set<string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(signal: AbortSignal): PassWaits {
    const waits = new AbortController();
    const over = linkedSignal(signal);
    this.#end = () => waits.abort();
    this.#over = over.signal;
    this.#due.clear();
    this.#inHand.clear();
    return {
      ended: waits.signal,
      [Symbol.dispose]: () => {
        this.#end = () => {};
        over.abort();
        over[Symbol.dispose]();
      },
    };
  }

  hear(event: PassEvent): void {
    if (event.kind === "stack-started") this.#inHand.add(event.stack);
    else if (event.kind === "stack-done") this.#inHand.delete(event.outcome.stack);
  }

  end(): void {
    this.#end();
  }

  /** A stack drifted, and is to be looked into then. What happens to one that is in hand is for its own gate to judge. */
  endFor(stack: string, at: number): void {
    const isOwn = () => this.#inHand.has(stack);
    if (this.#over.aborted || at === this.#due.get(stack) || isOwn()) return;
    const [over, end] = [this.#over, this.#end];
    this.#due.set(stack, at);
    void this.#clock.sleep(at - this.#clock.now(), over).then(() => {
      if (!over.aborted && !isOwn()) end();
    });
  }
}
