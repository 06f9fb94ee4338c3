import type { Locations } from "./locations.ts";
import { isMapping, newMapping, type Value } from "./value.ts";

/** New mappings and lists with the same content and the same places in the files. */
export function copyValue(value: Value, locations: Locations): Value {
  if (Array.isArray(value)) {
    const list = value.map((item) => copyValue(item, locations));
    locations.adopt(value, list);
    return list;
  }
  if (!isMapping(value)) return value;
  const mapping = newMapping();
  for (const key of Object.keys(value)) mapping[key] = copyValue(value[key]!, locations);
  locations.adopt(value, mapping);
  return mapping;
}
