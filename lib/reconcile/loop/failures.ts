/** What failed, and when it is tried again. */
import { backoff } from "./backoff.ts";

/** The remote repository; what concerns the whole host, such as the engine; one stack. */
export type Subject = "repository" | "host" | `stack ${string}`;

/** What was tried. Where that is something else by now, a failure says nothing about it. */
export interface Attempted {
  readonly commit?: string | undefined;
  readonly stackHash?: string | undefined;
}

export interface Retry {
  readonly subject: Subject;
  /** How often it failed in a row. */
  readonly failures: number;
  /** In the loop's clock. */
  readonly at: number;
}

/** No time to wait for. */
const OPEN = -Infinity;

export class Failures {
  readonly #random: () => number;
  readonly #known = new Map<Subject, Retry & { readonly attempted: Attempted }>();

  constructor(random: () => number) {
    this.#random = random;
  }

  record(subject: Subject, attempted: Attempted, now: number): void {
    const known = this.#known.get(subject);
    const failures = known !== undefined && isSame(known.attempted, attempted) ? known.failures + 1 : 1;
    const at = now + backoff(failures, this.#random);
    this.#known.set(subject, { subject, attempted, failures, at });
  }

  mend(subject: Subject): void {
    this.#known.delete(subject);
  }

  /** It is being tried, and how that ends is not known yet: the next pass goes on with it. */
  leaveOpen(subject: Subject): void {
    const known = this.#known.get(subject);
    if (known !== undefined) this.#known.set(subject, { ...known, at: OPEN });
  }

  /** Stacks that are not named are gone. */
  keepStacks(names: ReadonlySet<string>): void {
    for (const subject of this.#known.keys()) {
      if (subject.startsWith("stack ") && !names.has(subject.slice("stack ".length))) this.mend(subject);
    }
  }

  has(subject: Subject): boolean {
    return this.#known.has(subject);
  }

  /** Whether the same thing failed, and its time has not come. */
  isHeld(subject: Subject, attempted: Attempted, now: number): boolean {
    const known = this.#known.get(subject);
    return known !== undefined && isSame(known.attempted, attempted) && now < known.at;
  }

  /** The next first. */
  retries(): readonly Retry[] {
    return [...this.#known.values()].filter(({ at }) => at !== OPEN)
      .map(({ subject, failures, at }) => ({ subject, failures, at }))
      .sort((a, b) => a.at - b.at);
  }
}

function isSame(one: Attempted, other: Attempted): boolean {
  return one.commit === other.commit && one.stackHash === other.stackHash;
}
