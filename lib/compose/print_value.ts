import { compareUtf8 } from "./go_json.ts";
import { isMapping, type Value } from "./value.ts";

/** As Go prints a value by `%v`. */
export function printValue(value: Value): string {
  if (value === null) return "<nil>";
  if (Array.isArray(value)) return `[${value.map(printValue).join(" ")}]`;
  if (!isMapping(value)) return String(value);
  const keys = Object.keys(value).sort(compareUtf8);
  return `map[${keys.map((key) => `${key}:${printValue(value[key]!)}`).join(" ")}]`;
}
