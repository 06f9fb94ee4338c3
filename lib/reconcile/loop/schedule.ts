/** When the next pass is due, and why. Knows no clock: it is told what time it is. */
import { jitter } from "./backoff.ts";

/**
 * Why a pass is made. `start`: the first one. `poll`: it is time to look for a newer commit. `reload`: a person asked, by SIGHUP.
 * `request`: another command changed what is kept. `drift`: the engine told of a change. `engine`: the engine is back. `retry`: something
 * failed. `resume`: a suspension is over. `window`: a maintenance window has closed. `update`: it is time to look for newer images.
 */
export type PassTrigger =
  | "start"
  | "poll"
  | "reload"
  | "request"
  | "drift"
  | "engine"
  | "retry"
  | "resume"
  | "window"
  | "update";

export interface PassEnd {
  /** When what failed is to be tried again; `undefined`: nothing failed. */
  readonly retryAt: number | undefined;
  /** The remote repository was asked. */
  readonly asked: boolean;
  /** It could not be reached: the retry takes the place of the polls. */
  readonly unreachable: boolean;
  /** It is known to have something newer. */
  readonly hasNews?: boolean;
  /** When the next suspension is over. Absent: none has an end, or that is not known. */
  readonly resumeAt?: number | undefined;
}

export class Schedule {
  readonly #interval: number;
  readonly #random: () => number;
  readonly #due = new Map<PassTrigger, number>();

  constructor(interval: number, random: () => number) {
    this.#interval = interval;
    this.#random = random;
  }

  /** Asks for a pass. Asked twice for one reason, one pass serves both: the earlier. */
  trigger(trigger: PassTrigger, at: number): void {
    this.#due.set(trigger, Math.min(at, this.#due.get(trigger) ?? Infinity));
  }

  /** `Infinity`: never, unless something is triggered. */
  dueAt(): number {
    return Math.min(...this.#due.values());
  }

  /** The reasons whose time has come. They are served by the pass that follows. */
  take(now: number): readonly PassTrigger[] {
    const triggers = [...this.#due].filter(([, at]) => at <= now).map(([trigger]) => trigger);
    for (const trigger of triggers) this.#due.delete(trigger);
    return triggers;
  }

  ended({ retryAt, asked, unreachable, resumeAt, hasNews }: PassEnd, now: number): void {
    if (resumeAt !== undefined) this.#due.set("resume", resumeAt);
    this.#due.delete("retry");
    if (retryAt !== undefined) this.#due.set("retry", retryAt);
    if (unreachable) this.#due.delete("poll");
    else if (hasNews) this.#due.set("poll", now);
    else if (asked || !this.#due.has("poll")) {
      this.#due.set("poll", now + jitter(this.#interval, this.#random));
    }
  }
}
