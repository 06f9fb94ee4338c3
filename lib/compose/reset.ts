/** Takes out of the documents before what a later one marks with `!reset` or `!override`. */
import type { YamlDocument } from "./yaml.ts";
import { isMapping, type Mapping, type Value } from "./value.ts";

/** Changes `base`. Marks inside of lists have no effect: list items have no name to be found by. */
export function applyDirectives(base: Mapping, directives: YamlDocument["directives"]): void {
  for (const { path } of directives) remove(base, path);
}

function remove(base: Value | undefined, [key, ...rest]: readonly (string | number)[]): void {
  if (!isMapping(base) || typeof key !== "string") return;
  // The reference takes a key that is a star for all keys.
  for (const each of key === "*" ? Object.keys(base) : [key]) {
    if (rest.length === 0) delete base[each];
    else remove(base[each], rest);
  }
}
