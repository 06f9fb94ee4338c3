/** Puts what an included model declares beside what the including file declares itself. */
import type { Locations } from "./locations.ts";
import { mustBe, problemAt, rootSpot, spotIn } from "./spot.ts";
import { Float, isMapping, type Mapping, newMapping, Timestamp, type Value } from "./value.ts";

const KINDS = ["services", "volumes", "networks", "secrets", "configs", "models"];

/** Changes `document`. The same name twice is allowed where both say the same. */
export function importResources(model: Mapping, document: Mapping, locations: Locations): void {
  for (const kind of KINDS) {
    const source = model[kind];
    if (!isMapping(source)) continue;
    const root = rootSpot(locations, document, kind);
    const target = kind in document ? document[kind]! : newMapping();
    if (!isMapping(target)) throw mustBe(root, target, "a mapping, as files are included");
    document[kind] = target;
    for (const name of Object.keys(source)) {
      const entry = source[name]!;
      if (name in target) {
        if (isSame(entry, target[name]!)) continue;
        throw problemAt(
          spotIn(root, target, name),
          `${name} is declared under \`${kind}\` here and in an included file, and the two differ`,
          "rename one of them, or change the included one in an override file",
        );
      }
      target[name] = entry;
      locations.copy(source, name, target, name);
    }
  }
}

function isSame(one: Value, other: Value): boolean {
  if (Array.isArray(one)) {
    if (!Array.isArray(other) || one.length !== other.length) return false;
    return one.every((item, index) => isSame(item, other[index]!));
  }
  if (isMapping(one)) {
    if (!isMapping(other)) return false;
    const keys = Object.keys(one);
    return keys.length === Object.keys(other).length &&
      keys.every((key) => key in other && isSame(one[key]!, other[key]!));
  }
  if (one instanceof Float) return other instanceof Float && one.value === other.value;
  if (one instanceof Timestamp) return other instanceof Timestamp && one.text === other.text;
  return one === other;
}
