import { ConfigurationError, type Location } from "../errors.ts";
import { type Cast, CASTS, type CastTable, findCasts } from "./cast.ts";
import { interpolate, type Lookup } from "./interpolate_text.ts";
import type { Locations } from "./locations.ts";
import { formatPath, type Path } from "./path.ts";
import { isAtom, type Mapping, type Value } from "./value.ts";

export { interpolate, type InterpolationEvents, type Lookup } from "./interpolate_text.ts";

/** Told of a variable that is not set and became blank. */
export type UnsetListener = (name: string, location: Location | undefined) => void;

/**
 * Fills in the variables of all texts of a document, never of its keys, and reads the texts that stand where numbers and booleans
 * belong. The document is changed in place and given back.
 */
export function interpolateTree(
  document: Mapping,
  lookup: Lookup,
  locations: Locations,
  onUnset: UnsetListener,
): Mapping {
  interpolateEntries(document, CASTS, { lookup, locations, onUnset, path: [] });
  return document;
}

interface Walk {
  readonly lookup: Lookup;
  readonly locations: Locations;
  readonly onUnset: UnsetListener;
  /** Where the walk stands. */
  readonly path: Path;
}

function interpolateEntries(container: Mapping | Value[], casts: CastTable | undefined, walk: Walk): void {
  const entries = container as Record<string | number, Value>;
  const keys = Array.isArray(container) ? container.keys() : Object.keys(container);
  for (const key of keys) {
    const value = entries[key]!;
    if (typeof value === "string") {
      const cast = findCasts(casts, key)?.cast;
      if (cast !== undefined || value.includes("$")) {
        entries[key] = interpolateEntry(container, key, value, cast, walk);
      }
    } else if (typeof value === "object" && value !== null && !isAtom(value)) {
      walk.path.push(key);
      interpolateEntries(value, findCasts(casts, key), walk);
      walk.path.pop();
    }
  }
}

function interpolateEntry(
  container: Mapping | Value[],
  key: string | number,
  text: string,
  cast: Cast | undefined,
  walk: Walk,
): Value {
  const { locations } = walk;
  const location = locations.find(container, key);
  const result = interpolateAt(text, location, key, walk);
  if (location !== undefined && text.includes("$")) locations.set(container, key, { ...location, text });
  if (cast === undefined) return result;
  const value = cast.read(result);
  if (value !== undefined) return value;
  const state = text.includes("$") ? ` with its variables filled in` : "";
  throw new ConfigurationError(`"${text}"${state} is not ${cast.wants}`, {
    hint: `write ${cast.wants}`,
    location,
    path: formatPath([...walk.path, key]),
  });
}

function interpolateAt(
  text: string,
  location: Location | undefined,
  key: string | number,
  walk: Walk,
): string {
  try {
    return interpolate(text, walk.lookup, { unset: (name) => walk.onUnset(name, location) });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(error.message, {
      hint: error.hint,
      location,
      path: formatPath([...walk.path, key]),
    });
  }
}
