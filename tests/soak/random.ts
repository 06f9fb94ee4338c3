/** Chance from a seed, so that a run can be repeated. */
export class Random {
  #state: number;

  constructor(readonly seed: number) {
    this.#state = seed % 2147483646 + 1;
  }

  /** From 0 to 1. */
  next(): number {
    return (this.#state = (this.#state * 16807) % 2147483647) / 2147483647;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}
