/** How address pools of a network are merged: the same subnet is the same pool. */
import { mergeMappings } from "./merge.ts";
import { problemAt, type Spot } from "./spot.ts";
import { isMapping, type Mapping, type Value } from "./value.ts";

/**
 * Every pool of `over` is compared with every pool of `base`. A pool of `base` whose subnet `over` does not name falls away: so does
 * the reference, and the network's config hash shows it.
 */
export function mergeIpamPools(base: Value, over: Value, spot: Spot): Value {
  const result: Mapping[] = [];
  for (const original of poolsOf(base, spot)) {
    for (const override of poolsOf(over, spot)) {
      const same = override["subnet"] === original["subnet"];
      if (!same && !result.some((pool) => pool["subnet"] === override["subnet"])) {
        result.push(override);
        continue;
      }
      const merged = mergeMappings(original, override, spot, undefined);
      const index = result.findIndex((pool) => pool["subnet"] === merged["subnet"]);
      if (index >= 0) result[index] = merged;
      else result.push(merged);
    }
  }
  return result;
}

function poolsOf(value: Value, spot: Spot): Mapping[] {
  if (!Array.isArray(value) || !value.every(isMapping)) {
    throw problemAt(spot, "Expected a list of address pools");
  }
  return value;
}
