/** Fills in what an included model takes from its own variables: the including file may not have them. */
import { eachEntry } from "./entries.ts";
import type { MergeContext } from "./merge_context.ts";
import { resolveListedVariables } from "./normalise.ts";
import { SECRET_VALUE } from "./secret_value.ts";
import { rootSpot } from "./spot.ts";
import type { Mapping } from "./value.ts";

/** Changes `model`. */
export function fillIncluded(model: Mapping, { variables, locations }: MergeContext): void {
  const lookup = (name: string) => variables.get(name);
  eachEntry(rootSpot(locations, model, "services"), (service) => {
    resolveListedVariables(service, lookup, locations);
  });
  for (const [kind, key] of [["secrets", SECRET_VALUE], ["configs", "content"]] as const) {
    eachEntry(rootSpot(locations, model, kind), (object) => {
      const name = object["environment"];
      const value = typeof name === "string" ? lookup(name) : undefined;
      if (value !== undefined) object[key] = value;
    });
  }
}
