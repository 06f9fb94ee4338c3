/** While a pass waits for health, the repository goes on: whoever waits is to know. */
import { linkedSignal } from "../../linked_signal.ts";
import type { Clock, Repository } from "../ports.ts";

export interface LookOutOptions {
  readonly repository: Repository;
  readonly clock: Clock;
  /** Milliseconds between two looks. */
  readonly interval: number;
  /** What the pass is about. `undefined`: it follows nothing, and nobody looks. */
  readonly commit: string | undefined;
  /** Of the pass. */
  readonly signal: AbortSignal;
  /** Others may end the waits as well. */
  readonly endWaits: AbortSignal;
  readonly onNews: () => void;
}

export interface LookOut extends Disposable {
  /** Ends what only waits. */
  readonly endWaits: AbortSignal;
}

export function lookOut(options: LookOutOptions): LookOut {
  const waits = linkedSignal(options.endWaits);
  const own = linkedSignal(options.signal);
  void untilNews(options, own.signal).then((isNew) => {
    if (!isNew) return;
    options.onNews();
    waits.abort();
  });
  return {
    endWaits: waits.signal,
    [Symbol.dispose]: () => {
      own.abort();
      own[Symbol.dispose]();
      waits[Symbol.dispose]();
    },
  };
}

async function untilNews(
  { repository, clock, interval, commit }: LookOutOptions,
  signal: AbortSignal,
): Promise<boolean> {
  if (repository.findTip === undefined || commit === undefined) return false;
  for (;;) {
    await clock.sleep(interval, signal);
    if (signal.aborted) return false;
    // Who cannot be reached is asked again by the next pass, which says so.
    const tip = await repository.findTip(signal).catch(() => undefined);
    if (signal.aborted) return false;
    if (tip !== undefined && tip !== commit) return true;
  }
}
