/** Lays one document over those before it. */
import { makeCanonical, type OnWarning } from "./canonical.ts";
import type { Locations } from "./locations.ts";
import { mergeDocument } from "./merge.ts";
import { validateSchema } from "./schema/validate.ts";
import { rootSpot } from "./spot.ts";
import { throwAll } from "./throw_all.ts";
import { removeDuplicates } from "./unicity.ts";
import type { Mapping } from "./value.ts";

export interface LayContext {
  readonly locations: Locations;
  readonly onWarning: OnWarning;
}

/** Changes `dict`; what comes out must fit the schema. */
export function layDocument(dict: Mapping, over: Mapping, context: LayContext): void {
  const { locations, onWarning } = context;
  mergeDocument(dict, over, locations);
  removeDuplicates(dict, locations);
  throwAll(validateSchema(dict, locations));
  if ("version" in dict) {
    onWarning(rootSpot(locations, dict, "version"), "`version` is obsolete and has no effect");
    delete dict["version"];
  }
  expand(dict, context);
}

/** For a file that is there to be extended: only what is taken from it has to fit the schema, later. */
export function layUncheckedDocument(dict: Mapping, over: Mapping, context: LayContext): void {
  mergeDocument(dict, over, context.locations);
  removeDuplicates(dict, context.locations);
  expand(dict, context);
}

function expand(dict: Mapping, { locations, onWarning }: LayContext): void {
  makeCanonical(dict, locations, onWarning);
  // Two notations of the same port or mount are the same only now.
  removeDuplicates(dict, locations);
}
