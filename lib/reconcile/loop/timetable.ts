/**
 * When something is due that comes again and again by the wall clock. That may be set, and goes on while the machine sleeps: so it is
 * looked at whenever the question is asked.
 */
export class Timetable {
  readonly #nextAfter: (after: Date) => Date | undefined;
  readonly #now: () => Date;
  #next: number;

  constructor(nextAfter: (after: Date) => Date | undefined, now: () => Date) {
    this.#nextAfter = nextAfter;
    this.#now = now;
    this.#next = this.#following();
  }

  /** Milliseconds; `Infinity`: never. */
  dueIn(): number {
    // Where the clock was set back, the next time is another one.
    this.#next = Math.min(this.#next, this.#following());
    return Math.max(0, this.#next - this.#now().getTime());
  }

  /** Whether it is due; then it is not any more until it comes again. However often it was missed, it comes once. */
  take(): boolean {
    if (this.dueIn() > 0) return false;
    this.#next = this.#following();
    return true;
  }

  #following(): number {
    return this.#nextAfter(this.#now())?.getTime() ?? Infinity;
  }
}
