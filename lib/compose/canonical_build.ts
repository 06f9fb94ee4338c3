/** The long notation of `build`. */
import { expandFileReference, expandItems } from "./expand_items.ts";
import { cut } from "./collection_kinds.ts";
import { describe, mustBe, problemAt, type Spot, spotIn } from "./spot.ts";
import { isMapping, type Mapping, newMapping, type Value } from "./value.ts";

/** Changes `build` where it is a mapping. */
export function expandBuild(build: Value, spot: Spot): Value {
  if (typeof build === "string") return contextOnly(build, spot);
  if (!isMapping(build)) throw mustBe(spot, build, "the path of a context, or a mapping");
  for (const key of Object.keys(build)) {
    const value = build[key]!;
    const place = spotIn(spot, build, key);
    switch (key) {
      case "additional_contexts":
        build[key] = readPairs(value, place, refuseLoneName);
        break;
      case "ssh":
        build[key] = readPairs(value, place, refuseLoneKey);
        break;
      case "provenance":
      case "sbom":
        if (typeof value === "boolean") build[key] = String(value);
        break;
      case "secrets":
        build[key] = expandItems(value, place, expandFileReference);
        break;
    }
  }
  return build;
}

function contextOnly(context: string, spot: Spot): Mapping {
  const build = newMapping();
  build["context"] = context;
  spot.locations.copy(spot.container, spot.key, build, "context");
  return build;
}

/** A list of `name=value` as a mapping. `lone`: what becomes of a name alone. */
function readPairs(value: Value, spot: Spot, lone: (item: string, spot: Spot) => Value): Mapping {
  if (isMapping(value)) return value;
  if (!Array.isArray(value)) throw mustBe(spot, value, "a mapping or a list");
  const result = newMapping();
  value.forEach((item, index) => {
    const place = spotIn(spot, value, index);
    if (typeof item !== "string") throw mustBe(place, item, "a text");
    const [name, held] = cut(item, "=") ?? [item, undefined];
    result[name] = held ?? lone(item, place);
    spot.locations.copy(value, index, result, name);
  });
  return result;
}

function refuseLoneName(item: string, spot: Spot): never {
  throw problemAt(
    spot,
    `Additional context ${describe(spot, item)} has no value`,
    "write it as name=path, or as name: path",
  );
}

function refuseLoneKey(item: string, spot: Spot): null {
  if (item === "default") return null;
  throw problemAt(
    spot,
    `SSH key ${describe(spot, item)} has no path`,
    "write it as name=path; only default needs none",
  );
}
