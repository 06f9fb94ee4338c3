/** Turns the short notations in a list into long ones. */
import { type Spot, spotIn } from "./spot.ts";
import { newMapping, type Value } from "./value.ts";

/** A new list, in which an item may become none or several, each at its source's line. */
export function expandItems(value: Value, spot: Spot, expand: (item: Value, spot: Spot) => Value[]): Value {
  if (!Array.isArray(value)) return value;
  const result: Value[] = [];
  value.forEach((item, index) => {
    for (const expanded of expand(item, spotIn(spot, value, index))) {
      spot.locations.copy(value, index, result, result.length);
      result.push(expanded);
    }
  });
  return result;
}

export function expandFileReference(item: Value): Value[] {
  return [typeof item === "string" ? Object.assign(newMapping(), { source: item }) : item];
}
