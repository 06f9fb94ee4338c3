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
