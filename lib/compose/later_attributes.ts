/** Attributes that a later release of Compose has, and that are read only where this release is chosen. */
import { ConfigurationError } from "../errors.ts";
import { eachEntry, eachItem } from "./entries.ts";
import type { HashFlavour } from "./hash.ts";
import type { Locations } from "./locations.ts";
import { problemAt, rootSpot, type Spot, spotIn } from "./spot.ts";
import type { Mapping } from "./value.ts";

export function findLaterAttributes(
  dict: Mapping,
  locations: Locations,
  release: HashFlavour,
): ConfigurationError[] {
  const problems: ConfigurationError[] = [];
  eachEntry(rootSpot(locations, dict, "services"), (service, spot) => {
    if (!("pre_start" in service)) return;
    if (release !== "5") problems.push(tooLate(spotIn(spot, service, "pre_start")));
    eachItem(service, "pre_start", spot, (hook, hookSpot) => {
      if (String(hook["per_replica"] ?? false) === "false") return;
      problems.push(perReplica(spotIn(hookSpot, hook, "per_replica")));
    });
  });
  return problems;
}

function tooLate(spot: Spot): ConfigurationError {
  return problemAt(
    spot,
    '"pre_start" belongs to release 5 of Compose',
    'remove it, or choose that release with deploy: { composeHash: "5" } in stacks.config.ts',
  );
}

/** The reference fails when it would run the hook. */
function perReplica(spot: Spot): ConfigurationError {
  return problemAt(
    spot,
    '"per_replica" is not supported: a hook runs once, before the first container of its service starts',
    "remove it, or set it to false",
  );
}
