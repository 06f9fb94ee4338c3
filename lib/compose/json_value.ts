import { jsonInteger, jsonMap, jsonText } from "./go_json.ts";
import { Float, isMapping, Timestamp, type Value } from "./value.ts";

/** Anything at all, as an extension may hold. */
export function jsonValue(value: Value): string {
  if (value === null) return "null";
  if (typeof value === "string") return jsonText(value);
  if (typeof value === "number") return jsonInteger(value);
  if (value instanceof Float) return Object.is(value.value, -0) ? "-0" : String(value.value);
  // Bare, so that YAML can tell it from a text.
  if (value instanceof Timestamp) return value.text;
  if (Array.isArray(value)) return `[${value.map(jsonValue).join(",")}]`;
  return isMapping(value) ? jsonMap(value, jsonValue) : String(value);
}
