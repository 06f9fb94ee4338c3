import { Float } from "../../compose/value.ts";
import type { SopsScalar } from "./tree.ts";

/** As Go's `strconv.FormatFloat(value, 'f', -1, 64)`: no exponent, as few digits as tell it from others. */
export function fixedFloat(value: number): string {
  if (!Number.isFinite(value)) return nameOf(value);
  const { sign, digits, point } = digitsOf(value);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (digits.length <= point) return sign + digits.padEnd(point, "0");
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** As Go's `strconv.FormatFloat(value, 'g', -1, 64)`. */
export function shortFloat(value: number): string {
  return new Float(value).toString();
}

function nameOf(value: number): string {
  return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}

/** The digits without zeros around them, and how many of them stand before the point. */
function digitsOf(value: number): { sign: string; digits: string; point: number } {
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const [mantissa, exponent] = Math.abs(value).toExponential().split("e");
  return { sign, digits: mantissa!.replace(".", ""), point: value === 0 ? 1 : Number(exponent) + 1 };
}

/** As sops writes a value into a dotenv file. */
export function valueToText(value: SopsScalar): string {
  switch (value.type) {
    case "null":
      return "<nil>";
    case "text":
      return value.text;
    case "raw":
      return new TextDecoder().decode(value.bytes);
    case "bytes":
      return `[${value.bytes.join(" ")}]`;
    case "int":
      return String(value.value);
    case "bool":
      return String(value.value);
    case "time":
      return value.text.replace(/\.\d+/, "");
    case "float": {
      const short = shortFloat(value.value).replace("e", "E");
      return /[.E]/.test(short) || !Number.isFinite(value.value) ? short : `${short}.0`;
    }
  }
}
