/** Text forms of Go's `encoding/json`, byte by byte: the config hash is taken over them. */

// deno-lint-ignore no-control-regex
const ESCAPED = /[\u0000-\u001f"\\<>&\u2028\u2029\ud800-\udfff]/;
// deno-lint-ignore no-control-regex
const EACH = /[\u0000-\u001f"\\<>&\u2028\u2029]|\p{Surrogate}/gu;
const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

export function jsonText(text: string): string {
  return ESCAPED.test(text) ? `"${text.replace(EACH, escape)}"` : `"${text}"`;
}

function escape(char: string): string {
  const code = char.charCodeAt(0);
  if (code >= 0xd800 && code <= 0xdfff) return "\\ufffd";
  return SHORT[char] ?? `\\u${code.toString(16).padStart(4, "0")}`;
}

export function jsonList<T>(items: readonly T[], write: (item: T) => string): string {
  return `[${items.map(write).join(",")}]`;
}

/** Keys in the order of their UTF-8 bytes. */
export function jsonMap<T>(map: Readonly<Record<string, T>>, write: (value: T) => string): string {
  return `{${sortedKeys(map).map((key) => `${jsonText(key)}:${write(map[key]!)}`).join(",")}}`;
}

function sortedKeys(map: object): string[] {
  return Object.keys(map).sort(compareUtf8);
}

/** Code units order as UTF-8 does, but for surrogates: those stand for code points above all others. */
export function compareUtf8(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a !== b) return isSurrogate(a) === isSurrogate(b) ? a - b : isSurrogate(a) ? 1 : -1;
  }
  return left.length - right.length;
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}

export function jsonInteger(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : String(BigInt(value));
}

/** A `float32`: the fewest digits that single precision needs, without an exponent from 1e-6 to 1e21 (as JavaScript prints, too). */
export function jsonFloat32(value: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  for (let precision = 1; precision <= 9; precision++) {
    const rounded = Number(value.toPrecision(precision));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(value);
}
