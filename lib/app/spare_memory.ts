/**
 * Gives memory back to the system between passes. V8 keeps what a pass took for the next one, and a process that sleeps most of the time
 * never gives it a reason not to.
 */
import type { LoopEvent } from "../reconcile/loop_events.ts";

/** Milliseconds after a pass. One that follows at once would only take the memory again, unless it is so much. */
const PAUSE = 2_000;
const SHORT_PAUSE = 20;
/** Collecting takes as long as half a pass: not for less than so many bytes. */
const WORTH = 5_000_000;
const MUCH = 10_000_000;

/** What V8 offers to a program that was compiled with `--expose-gc`. */
export type Collect = (
  options: { readonly type: "major"; readonly flavor: "last-resort"; readonly execution: "sync" },
) => void;

export interface SpareMemoryOptions {
  /** Absent: nothing is given back. */
  readonly collect: Collect | undefined;
  /** Bytes that V8 holds. */
  readonly held: () => number;
}

export class SpareMemory implements Disposable {
  readonly #options: SpareMemoryOptions;
  #least = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SpareMemoryOptions) {
    this.#options = options;
  }

  hear({ kind }: Pick<LoopEvent, "kind">): void {
    if (!kind.startsWith("pass-")) return;
    clearTimeout(this.#timer);
    const isEnd = kind === "pass-done" || kind === "pass-failed" || kind === "pass-held";
    if (isEnd) this.#timer = setTimeout(() => this.#giveBack(), this.#spare() >= MUCH ? SHORT_PAUSE : PAUSE);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #spare(): number {
    return this.#options.held() - this.#least;
  }

  #giveBack(): void {
    const { collect, held } = this.#options;
    if (this.#spare() < WORTH) return;
    collect?.({ type: "major", flavor: "last-resort", execution: "sync" });
    this.#least = held();
  }
}

/** Run from source, as in the tests, nothing is collected. */
export function spareMemory(): SpareMemory {
  const { gc: collect } = globalThis as { readonly gc?: Collect };
  return new SpareMemory({ collect, held: () => Deno.memoryUsage().heapTotal });
}
