/**
 * Gives memory back to the system between passes. V8 keeps what a pass took for the next one, and a process that sleeps most of the time
 * never gives it a reason not to.
 */
import type { LoopEvent } from "../reconcile/loop/loop_events.ts";
import type { Clock } from "../reconcile/ports.ts";
import { SYSTEM_CLOCK } from "./clock.ts";

/** Milliseconds after a pass. One that follows at once would only take the memory again, unless it is so much. */
const PAUSE = 2_000;
const SHORT_PAUSE = 20;
/** Collecting takes as long as half a pass: not for less than so many bytes. */
const WORTH = 3_000_000;
const MUCH = 6_000_000;

/** What V8 offers to a program that was compiled with `--expose-gc`. */
export type Collect = (
  options: { readonly type: "major"; readonly flavor: "last-resort"; readonly execution: "sync" },
) => void;

export interface SpareMemoryOptions {
  /** Absent: nothing is given back. */
  readonly collect: Collect | undefined;
  /** Bytes that V8 holds. */
  readonly held: () => number;
  readonly clock: Clock;
}

export class SpareMemory implements Disposable {
  readonly #options: SpareMemoryOptions;
  #least = 0;
  #waiting = new AbortController();

  constructor(options: SpareMemoryOptions) {
    this.#options = options;
  }

  hear({ kind }: Pick<LoopEvent, "kind">): void {
    if (kind === "pass-started") this.#waiting.abort();
    if (kind !== "pass-done" && kind !== "pass-failed" && kind !== "pass-held") return;
    void this.#giveBackAfter(this.#spare() >= MUCH ? SHORT_PAUSE : PAUSE);
  }

  [Symbol.dispose](): void {
    this.#waiting.abort();
  }

  async #giveBackAfter(pause: number): Promise<void> {
    const { signal } = this.#waiting = new AbortController();
    const { clock, collect, held } = this.#options;
    await clock.sleep(pause, signal);
    if (signal.aborted || this.#spare() < WORTH) return;
    collect?.({ type: "major", flavor: "last-resort", execution: "sync" });
    this.#least = held();
  }

  #spare(): number {
    return this.#options.held() - this.#least;
  }
}

/** Run from source, as in the tests, nothing is collected. */
export function spareMemory(): SpareMemory {
  const { gc: collect } = globalThis as { readonly gc?: Collect };
  return new SpareMemory({ collect, held: () => Deno.memoryUsage().heapTotal, clock: SYSTEM_CLOCK });
}
