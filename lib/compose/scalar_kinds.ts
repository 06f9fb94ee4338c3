/** Kinds of single values. */
import { parseByteSize } from "./byte_size.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { jsonFloat32, jsonInteger, jsonText } from "./go_json.ts";
import type { Kind } from "./kind.ts";
import { mustBe, type Spot } from "./spot.ts";
import { Float, type Value } from "./value.ts";

export const text: Kind<string> = {
  bind: (value, spot) => {
    if (typeof value === "string") return value;
    if (typeof value === "number") return String(value);
    if (isInt64(value)) return String(value);
    throw mustBe(spot, value, "a text");
  },
  write: jsonText,
  isEmpty: (value) => value === "",
};

export const boolean: Kind<boolean> = {
  bind: (value, spot) => {
    const found = findBoolean(value);
    if (found === undefined) throw mustBe(spot, value, "true or false");
    return found;
  },
  write: String,
  isEmpty: (value) => !value,
};

export function findBoolean(value: Value): boolean | undefined {
  if (typeof value === "boolean") return value;
  const word = typeof value === "string" ? value.toLowerCase() : "";
  if (["true", "y", "yes", "on"].includes(word)) return true;
  return ["false", "n", "no", "off"].includes(word) ? false : undefined;
}

export const integer: Kind<number> = {
  bind: (value, spot) => {
    if (typeof value === "string" && /^[-+]?\d+$/.test(value)) {
      return exact(BigInt(value.replace("+", "")), spot);
    }
    if (value instanceof Float && Math.abs(value.value) < 2 ** 63) return Math.trunc(value.value);
    if (typeof value === "number" || isInt64(value)) return exact(value, spot);
    throw mustBe(spot, value, "a whole number of 64 bits");
  },
  write: jsonInteger,
  isEmpty: (value) => value === 0,
};

export const unsigned: Kind<number> = {
  ...integer,
  bind: (value, spot, notes) => {
    const bound = integer.bind(value, spot, notes)!;
    if (bound < 0) throw mustBe(spot, value, "a whole number from 0 on");
    return bound;
  },
};

/** Larger ones are cut by the reference, which nobody can want. */
export function unsignedOf(bits: 16 | 32): Kind<number> {
  const size = 2 ** bits;
  return {
    ...unsigned,
    bind: (value, spot, notes) => {
      const bound = unsigned.bind(value, spot, notes)!;
      if (bound >= size) notes.undeployable(mustBe(spot, value, `a whole number from 0 to ${size - 1}`));
      return bound % size;
    },
  };
}

/** A number that is kept in single precision, as the reference does. */
export const float32: Kind<number> = {
  bind: (value, spot) => {
    const number = typeof value === "string"
      ? parseNumber(value)
      : value instanceof Float
      ? value.value
      : Number(value);
    const single = Math.fround(number);
    const isTooLarge = typeof value === "bigint" && !isInt64(value);
    if (value === null || typeof value === "boolean" || isTooLarge || !Number.isFinite(single)) {
      throw mustBe(spot, value, "a number that fits 32 bits");
    }
    return single;
  },
  write: jsonFloat32,
  isEmpty: (value) => value === 0,
};

/** The reference takes fractions and what is beyond 64 bits without a word, and drops them. */
export const byteSize: Kind<number> = {
  bind: (value, spot, notes) => {
    if (value instanceof Float || (typeof value === "bigint" && !isInt64(value))) {
      notes.unused(spot);
      return 0;
    }
    if (typeof value === "number" || typeof value === "bigint") return exact(value, spot);
    const size = typeof value === "string" ? parseByteSize(value) : undefined;
    if (size === undefined) throw mustBe(spot, value, "a size such as 512m or 1.5g");
    return size;
  },
  write: (value) => `"${jsonInteger(value)}"`,
  isEmpty: (value) => value === 0,
};

export const duration: Kind<number> = {
  bind: (value, spot) => {
    const length = parseDuration(String(value));
    if (length === undefined) throw mustBe(spot, value, "a length of time such as 10s or 1m30s");
    return length;
  },
  write: (value) => jsonText(formatDuration(value)),
  isEmpty: (value) => value === 0,
};

/** Permission bits: a text is octal, a number is what it is. */
export const fileMode: Kind<number> = {
  bind: (value, spot) => {
    if (typeof value === "number") return value;
    const mode = typeof value === "string" && /^[-+]?[0-7]+$/.test(value) ? parseInt(value, 8) : NaN;
    if (Number.isSafeInteger(mode)) return mode;
    throw mustBe(spot, value, 'a file mode such as 0440 or "0440"');
  },
  write: (value) => `"0${value.toString(8)}"`,
  isEmpty: () => false,
};

function isInt64(value: Value): value is bigint {
  return typeof value === "bigint" && BigInt.asIntN(64, value) === value;
}

function exact(value: number | bigint, spot: Spot): number {
  const number = Number(value);
  if (BigInt(number) !== BigInt(value)) throw mustBe(spot, value as Value, "a number that fits 53 bits");
  return number;
}

function parseNumber(value: string): number {
  return /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value) ? Number(value) : NaN;
}
