import { Float } from "./value.ts";

/**
 * What a scalar means, by the rules of go-yaml v3, which Compose reads its files with: YAML 1.2, but octals of both versions, no
 * `yes` and `no`, and dates.
 */
export type ResolvedScalar =
  | { readonly kind: "null" }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "int"; readonly value: number | bigint }
  | { readonly kind: "float"; readonly value: Float }
  | { readonly kind: "date" };

/** What a plain scalar means beyond its text. Undefined: it is the string that it shows. */
export function findPlainMeaning(text: string): ResolvedScalar | undefined {
  if (text === "") return NULL;
  const first = text.charCodeAt(0);
  if (isDigit(first) || first === PLUS || first === MINUS) {
    return WORDS.get(text) ?? (isDate(text) ? { kind: "date" } : findNumber(text));
  }
  if (first === POINT) return WORDS.get(text) ?? findFloat(text);
  return WORDS.get(text);
}

const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

const NULL: ResolvedScalar = { kind: "null" };

const WORDS: ReadonlyMap<string, ResolvedScalar> = new Map<string, ResolvedScalar>([
  ...["~", "null", "Null", "NULL"].map((word) => [word, NULL] as const),
  ...["true", "True", "TRUE"].map((word) => [word, { kind: "boolean", value: true }] as const),
  ...["false", "False", "FALSE"].map((word) => [word, { kind: "boolean", value: false }] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, float(NaN)] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map((word) => [word, float(Infinity)] as const),
  ...["-.inf", "-.Inf", "-.INF"].map((word) => [word, float(-Infinity)] as const),
]);

function float(value: number): ResolvedScalar {
  return { kind: "float", value: new Float(value) };
}

/** Underscores may stand anywhere in a number but first. Integers that 64 bits cannot hold become floats. */
function findNumber(text: string): ResolvedScalar | undefined {
  const plain = text.includes("_") ? text.replaceAll("_", "") : text;
  const value = findInteger(plain);
  if (value !== undefined) return { kind: "int", value };
  return YAML_FLOAT.test(plain) ? findFloat(plain) : undefined;
}

const INTEGER = /^([-+]?)(?:(0[xX])([0-9a-fA-F]+)|(0[bB])([01]+)|(0[oO]?)([0-7]+)|(0|[1-9][0-9]*))$/;
const SMALLEST = -(2n ** 63n);
const LARGEST_SIGNED = 2n ** 63n - 1n;
const LARGEST = 2n ** 64n - 1n;

function findInteger(plain: string): number | bigint | undefined {
  const match = INTEGER.exec(plain);
  if (match === null) return undefined;
  const sign = match[1]!;
  const digits = integerDigits(match);
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return sign === "-" && value !== 0 ? -value : value;
  const large = sign === "-" ? -BigInt(digits) : BigInt(digits);
  return large >= SMALLEST && large <= (sign === "" ? LARGEST : LARGEST_SIGNED) ? large : undefined;
}

/** In the notation that `Number` and `BigInt` read. */
function integerDigits(match: RegExpExecArray): string {
  const [, , hex, hexDigits, binary, binaryDigits, octal, octalDigits, decimal] = match;
  if (hex !== undefined) return `0x${hexDigits}`;
  if (binary !== undefined) return `0b${binaryDigits}`;
  if (octal !== undefined) return `0o${octalDigits}`;
  return decimal!;
}

const YAML_FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

function findFloat(text: string): ResolvedScalar | undefined {
  const value = findDecimal(text);
  return value === undefined ? undefined : float(value);
}

const D = "[0-9]+(?:_[0-9]+)*";
const DECIMAL = new RegExp(`^[-+]?(?:${D}(?:\\.(?:${D})?)?|\\.${D})(?:[eE][-+]?${D})?$`);

/** As Go's `strconv.ParseFloat` reads decimals; undefined when the text is none, or too large. */
export function findDecimal(text: string): number | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const value = Number(text.replaceAll("_", ""));
  return Number.isFinite(value) ? value : undefined;
}

const DATE =
  /^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[Tt]([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?(?:Z|[-+]([0-9]{2}):([0-9]{2}))| +([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?)?$/;

/** `2024-01-31`, alone or with a time. */
export function isDate(text: string): boolean {
  if (text.charCodeAt(4) !== MINUS) return false;
  const match = DATE.exec(text);
  if (match === null) return false;
  const part = (index: number) => Number(match[index] ?? 0);
  const [year, month, day] = [part(1), part(2), part(3)];
  const inCalendar = month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month);
  const inDay = part(4) < 24 && part(5) < 60 && part(6) < 60 && part(9) < 24 && part(10) < 60 &&
    part(11) < 60;
  return inCalendar && inDay && part(7) <= 24 && part(8) < 60;
}

/** As Go's RFC 3339 has it: with time and zone, and no more digits than needed. */
export function normaliseDate(text: string): string {
  const match = DATE.exec(text)!;
  const part = (...indices: number[]) =>
    (indices.map((index) => match[index]).find(Boolean) ?? "0").padStart(2, "0");
  const [, fraction = ""] = /[.,]([0-9]*?)0*(?:Z|[-+ ]|$)/.exec(text.slice(10)) ?? [];
  const zone = /(?:Z|[-+][0-9]{2}:[0-9]{2})$/.exec(text.slice(10))?.[0] ?? "Z";
  const time = `${part(4, 9)}:${part(5, 10)}:${part(6, 11)}`;
  const seconds = fraction === "" ? "" : `.${fraction.slice(0, 9)}`;
  return `${match[1]}-${part(2)}-${part(3)}T${time}${seconds}${/^[-+]00:00$/.test(zone) ? "Z" : zone}`;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
