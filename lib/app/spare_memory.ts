/**
 * Gives memory back to the system between passes. V8 keeps what a pass took for the next one, and a process that sleeps most of the time
 * never gives it a reason not to.
 */
import type { LoopEvent } from "../reconcile/loop_events.ts";

/** A pass that follows at once would only take it again. */
const PAUSE = 2_000;
/** Collecting takes as long as half a pass: not for less than so many bytes. */
const WORTH = 6_000_000;

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

  constructor(options: SpareMemoryOptions = { collect: findCollect(), held: heldByV8 }) {
    this.#options = options;
  }

  hear({ kind }: Pick<LoopEvent, "kind">): void {
    if (!kind.startsWith("pass-")) return;
    clearTimeout(this.#timer);
    const isEnd = kind === "pass-done" || kind === "pass-failed" || kind === "pass-held";
    if (isEnd) this.#timer = setTimeout(() => this.#giveBack(), PAUSE);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #giveBack(): void {
    const { collect, held } = this.#options;
    if (held() - this.#least < WORTH) return;
    collect?.({ type: "major", flavor: "last-resort", execution: "sync" });
    this.#least = held();
  }
}

function findCollect(): Collect | undefined {
  return (globalThis as { readonly gc?: Collect }).gc;
}

function heldByV8(): number {
  return Deno.memoryUsage().heapTotal;
}
