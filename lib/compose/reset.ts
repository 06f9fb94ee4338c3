/** Takes out of the documents before what a later one marks with `!reset` or `!override`. */
import type { YamlDocument } from "./yaml.ts";
import { isMapping, type Mapping, type Value } from "./value.ts";

/** Changes `base`. Marks inside of lists have no effect: list items have no name to be found by. */
export function applyDirectives(base: Mapping, directives: YamlDocument["directives"]): void {
  for (const { path } of directives) remove(base, path);
}

function remove(base: Mapping, path: readonly (string | number)[]): void {
  let container: Value | undefined = base;
  for (const key of path.slice(0, -1)) {
    container = isMapping(container) ? container[key] : undefined;
  }
  const last = path.at(-1);
  if (isMapping(container) && typeof last === "string") delete container[last];
}
