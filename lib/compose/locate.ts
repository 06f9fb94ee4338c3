import type { Location } from "../errors.ts";
import type { Locations } from "./locations.ts";
import { locationOf, placeOf, rootSpot, type Spot, spotIn } from "./spot.ts";
import { isMapping, type Mapping, type Value } from "./value.ts";

/** Finds where the value at a path such as `services.web.ports[0]` was written: itself, or the nearest thing around it. */
export type Locate = (path: string) => Location | undefined;

export function makeLocate(dict: Mapping, locations: Locations): Locate {
  return (path) => {
    const spot = findSpot(
      dict,
      path,
      (container, key, parent) =>
        parent === undefined ? rootSpot(locations, dict, String(key)) : spotIn(parent, container, key),
    );
    const written = spot && locationOf(spot);
    return written && placeOf(written);
  };
}

function findSpot(
  dict: Mapping,
  path: string,
  step: (container: Mapping | Value[], key: string | number, parent: Spot | undefined) => Spot,
): Spot | undefined {
  let spot: Spot | undefined;
  let value: Value | undefined = dict;
  for (let rest = path; rest !== "";) {
    const next = nextKey(value, rest);
    if (next === undefined) return spot;
    const container = value as Mapping | Value[];
    spot = step(container, next.key, spot);
    value = isMapping(container) ? container[String(next.key)] : container[Number(next.key)];
    rest = rest.slice(next.length).replace(/^\./, "");
  }
  return spot;
}

/** Names may hold dots, so the longest key that fits is meant. */
function nextKey(
  value: Value | undefined,
  rest: string,
): { key: string | number; length: number } | undefined {
  if (Array.isArray(value)) {
    const [text, index] = /^\[(\d+)\]/.exec(rest) ?? [];
    return text === undefined || Number(index) >= value.length
      ? undefined
      : { key: Number(index), length: text.length };
  }
  if (!isMapping(value)) return undefined;
  const fitting = Object.keys(value).filter((key) =>
    rest.startsWith(key) && /^($|[.[])/.test(rest.slice(key.length))
  );
  const key = fitting.sort((one, other) => other.length - one.length)[0];
  return key === undefined ? undefined : { key, length: key.length };
}
