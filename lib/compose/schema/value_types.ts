import { Float, isMapping, Timestamp, type Value } from "../value.ts";
import type { ScalarType } from "./rule.ts";

/** A float without a fraction counts as a whole number. */
export function typesOf(value: Value): readonly ScalarType[] {
  if (value === null) return ["null"];
  if (value instanceof Timestamp) return [];
  if (value instanceof Float) return Number.isInteger(value.value) ? ["integer", "number"] : ["number"];
  switch (typeof value) {
    case "string":
      return ["string"];
    case "boolean":
      return ["boolean"];
    case "number":
    case "bigint":
      return ["integer", "number"];
    default:
      return [];
  }
}

/** The same for values that are equal, whatever the order of their keys. */
export function identityOf(value: Value): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value instanceof Float) return String(value.value);
  if (Array.isArray(value)) return `[${value.map(identityOf).join(",")}]`;
  if (!isMapping(value)) return String(value);
  return `{${
    Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${identityOf(value[key]!)}`).join(",")
  }}`;
}
