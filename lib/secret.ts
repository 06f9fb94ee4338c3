/** Prints as this wherever a secret would be printed. */
const MASK = "***";

/**
 * A value that must not be shown. It prints as `***` in strings, JSON and the console; only {@linkcode Secret.reveal}
 * gives the value, at the moment that it enters a request.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [Symbol.for("Deno.customInspect")](): string {
    return MASK;
  }
}

/** Shorter values would mask half of every text, and protect nothing. */
const SHORTEST_MASKED = 6;

/** Puts `***` in place of every value; of values within others, the longer one goes first. */
export function maskValues(
  text: string,
  values: Iterable<string>,
  shortest: number = SHORTEST_MASKED,
): string {
  return [...values].filter((value) => value.length >= shortest)
    .sort((a, b) => b.length - a.length)
    .reduce((masked, value) => masked.replaceAll(value, MASK), text);
}
