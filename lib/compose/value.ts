/** What a YAML document holds. Mappings have no prototype, so that a key such as `__proto__` is only a key. */
export type Value = null | boolean | number | bigint | string | Float | Timestamp | Value[] | Mapping;

export interface Mapping {
  [key: string]: Value;
}

/**
 * A number written with a point or an exponent. Kept apart from integers, because Compose prints both differently: `1e6` becomes
 * `1e+06` where a string is wanted, `1000000` stays.
 */
export class Float {
  constructor(readonly value: number) {}

  /** As Go prints a `float64` by `%v`. */
  toString(): string {
    return formatFloat(this.value);
  }
}

/** A date without quotes, which only an extension may hold. */
export class Timestamp {
  /** As Go's RFC 3339 has it. */
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

export function newMapping(): Mapping {
  return Object.create(null) as Mapping;
}

export function isMapping(value: Value | undefined): value is Mapping {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isAtom(value);
}

/** Whether an object is a single value. */
export function isAtom(value: object): value is Float | Timestamp {
  return value instanceof Float || value instanceof Timestamp;
}

/** The shortest digits that give the same number; an exponent below 1e-4 and from 1e6 on. */
function formatFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value < 0 ? "-Inf" : "+Inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa, exponent] = value.toExponential().split("e") as [string, string];
  const power = Number(exponent);
  if (power >= -4 && power < 6) return expand(mantissa, power);
  return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

function expand(mantissa: string, power: number): string {
  const sign = mantissa.startsWith("-") ? "-" : "";
  const digits = mantissa.replace(/[-.]/g, "");
  if (power < 0) return `${sign}0.${"0".repeat(-power - 1)}${digits}`;
  if (digits.length <= power + 1) return sign + digits.padEnd(power + 1, "0");
  return `${sign}${digits.slice(0, power + 1)}.${digits.slice(power + 1)}`;
}
