import { ConfigurationError, type Location } from "../errors.ts";
import { jsonText } from "./go_json.ts";
import type { Locations, Written } from "./locations.ts";
import { isMapping, type Mapping, type Value } from "./value.ts";

/** A place in the model: an entry of a mapping or a list. Cheap to make; path and line are worked out only when somebody asks. */
export interface Spot {
  readonly locations: Locations;
  readonly parent: Spot | undefined;
  readonly container: Mapping | Value[];
  readonly key: string | number;
}

export function rootSpot(locations: Locations, dict: Mapping, key: string): Spot {
  return { locations, parent: undefined, container: dict, key };
}

export function spotIn(parent: Spot, container: Mapping | Value[], key: string | number): Spot {
  return { locations: parent.locations, parent, container, key };
}

/** As in `services.web.ports[0]`. */
export function pathOf({ parent, key }: Spot): string {
  if (parent === undefined) return String(key);
  return typeof key === "number" ? `${pathOf(parent)}[${key}]` : `${pathOf(parent)}.${key}`;
}

/** The entry's own line, else that of the nearest container around it that has one. */
export function locationOf(spot: Spot): Written | undefined {
  for (let each: Spot | undefined = spot; each !== undefined; each = each.parent) {
    const location = each.locations.find(each.container, each.key);
    if (location !== undefined) return location;
  }
  return undefined;
}

export function problemAt(spot: Spot, message: string, hint?: string): ConfigurationError {
  const location = locationOf(spot);
  return new ConfigurationError(message, {
    path: pathOf(spot),
    location: location && placeOf(location),
    hint,
  });
}

/** Without the text, which may hold more than a person should see. */
export function placeOf({ file, line, column }: Written): Location {
  return { file, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
}

/**
 * `docker compose` takes every key of a mapping that begins with `x-` for an extension, also where keys are names of the user's own,
 * and makes something of it that nobody wants.
 */
export function extensionKey(spot: Spot): ConfigurationError {
  return problemAt(
    spot,
    `\`${spot.key}\` begins with x-, which a name cannot do in this place`,
    "rename it, or write the mapping as a list of name=value",
  );
}

export function mustBe(spot: Spot, value: Value, expected: string): ConfigurationError {
  return problemAt(spot, `Expected ${expected}, found ${describe(spot, value)}`, `write ${expected}`);
}

/** For messages: the value as the file writes it, since a variable that was filled in may hold a secret. */
export function describe(spot: Spot, value: Value): string {
  const written = locationOf(spot)?.text;
  if (written !== undefined) return jsonText(written);
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (isMapping(value)) return "a mapping";
  return typeof value === "string" ? jsonText(value) : String(value);
}
