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

/** Puts `***` in place of every value, in whatever form; of values within others, the longer one goes first. */
export function maskValues(
  text: string,
  values: Iterable<string>,
  shortest: number = SHORTEST_MASKED,
): string {
  const redactor = new Redactor(shortest);
  redactor.add(values);
  return redactor.redact(text);
}

/**
 * Masks values wherever they stand in a text: as they are, line by line, as JSON and URLs write them, and within base64.
 *
 * Everything that is printed passes through one of these, so that no value of a secrets provider can be shown by mistake.
 */
export class Redactor {
  readonly #shortest: number;
  readonly #values = new Set<string>();
  /** Longest first; made anew when there are more values. */
  #forms: readonly string[] | undefined;

  constructor(shortest: number = SHORTEST_MASKED) {
    this.#shortest = shortest;
  }

  add(values: Iterable<string>): void {
    for (const value of values) {
      if (this.#values.has(value)) continue;
      this.#values.add(value);
      this.#forms = undefined;
    }
  }

  redact(text: string): string {
    this.#forms ??= sortedForms(this.#values, this.#shortest);
    return this.#forms.reduce(
      (masked, form) => masked.includes(form) ? masked.replaceAll(form, MASK) : masked,
      text,
    );
  }
}

function sortedForms(values: Iterable<string>, shortest: number): string[] {
  const forms = new Set<string>();
  for (const value of values) {
    if (value.length < shortest) continue;
    for (const form of formsOf(value)) if (form.length >= shortest) forms.add(form);
  }
  return [...forms].sort((a, b) => b.length - a.length);
}

function formsOf(value: string): string[] {
  const bytes = ENCODER.encode(value);
  const base64 = [0, 1, 2].map((offset) => base64Within(bytes, offset));
  // The most of a pass: there may be thousands, and most are such.
  if (/^[\w.~-]*$/.test(value)) return [value, ...base64, ...base64.map(forAddresses)];
  const lines = value.includes("\n") ? value.split(/\r?\n/) : [];
  return [
    ...[value, value.trim(), ...lines, ...lines.map((line) => line.trim())].flatMap((text) => [
      text,
      JSON.stringify(text).slice(1, -1),
      urlEncoded(text),
      urlEncoded(text).replaceAll("%20", "+"),
    ]),
    ...base64,
    ...base64.map(forAddresses),
  ];
}

const ENCODER = new TextEncoder();

/** The alphabet of base64 that stands in addresses. */
function forAddresses(base64: string): string {
  return /[+/]/.test(base64) ? base64.replaceAll("+", "-").replaceAll("/", "_") : base64;
}

/** Half of a character that needs two code units is no text, and cannot be encoded. */
function urlEncoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** What is the same in every base64 text in which so many bytes, modulo three, stand before the value. */
function base64Within(bytes: Uint8Array, offset: number): string {
  const shifted = new Uint8Array(offset + bytes.length);
  shifted.set(bytes, offset);
  const text = shifted.toBase64({ omitPadding: true });
  return text.slice(Math.ceil(offset * 8 / 6), Math.floor(shifted.length * 8 / 6));
}
