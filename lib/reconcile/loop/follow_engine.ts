/** Listens to the engine, and takes the connection up again whenever it breaks. */
import { asError } from "../../errors.ts";
import type { EngineEvent } from "../../plan/engine_event.ts";
import { linkedSignal } from "../../linked_signal.ts";
import type { Clock, EngineEvents } from "../ports.ts";

export interface FollowEngineOptions {
  readonly engine: EngineEvents;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onEvent: (event: EngineEvent) => void;
  readonly onConnected: () => void;
  /** Told at every try that fails. */
  readonly onLost: (error: Error) => void;
}

const FIRST = 250;
const LONGEST = 5_000;
/** A connection that lasted so long was a good one. */
const STABLE = 10_000;

export async function followEngine({ clock, signal, ...options }: FollowEngineOptions): Promise<void> {
  for (let failures = 1; !signal.aborted; failures++) {
    const begun = clock.now();
    const error = await listen(options, signal);
    if (signal.aborted) return;
    options.onLost(error);
    if (clock.now() - begun > STABLE) failures = 1;
    await clock.sleep(Math.min(LONGEST, FIRST * 2 ** (failures - 1)), signal);
  }
}

/** Gives why it ended. */
async function listen(
  { engine, onEvent, onConnected }: Omit<FollowEngineOptions, "clock" | "signal">,
  signal: AbortSignal,
): Promise<Error> {
  using own = linkedSignal(signal);
  try {
    for await (const event of engine.events(own.signal, onConnected)) onEvent(event);
    return new Error("The Docker Engine ended its stream of events");
  } catch (error) {
    return asError(error);
  }
}
