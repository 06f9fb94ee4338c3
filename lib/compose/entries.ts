/** Visits the mappings of a model together with their spots. */
import { type Spot, spotIn } from "./spot.ts";
import { isMapping, type Mapping, type Value } from "./value.ts";

/** The mappings that the mapping at `spot` holds; none when there is no mapping. */
export function eachEntry(spot: Spot, visit: (entry: Mapping, spot: Spot) => void): void {
  const parent = (spot.container as Mapping)[spot.key as string];
  if (!isMapping(parent)) return;
  for (const name of Object.keys(parent)) {
    const entry = parent[name]!;
    if (isMapping(entry)) visit(entry, spotIn(spot, parent, name));
  }
}

/** The mappings that the list `key` of a mapping holds; none when there is no list. */
export function eachItem(
  container: Mapping,
  key: string,
  parent: Spot,
  visit: (item: Mapping, spot: Spot) => void,
): void {
  const list: Value | undefined = container[key];
  if (!Array.isArray(list)) return;
  const spot = spotIn(parent, container, key);
  list.forEach((item, index) => {
    if (isMapping(item)) visit(item, spotIn(spot, list, index));
  });
}
