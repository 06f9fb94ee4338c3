/** Turns short notations into long ones, so that what follows knows one form only. Runs after each document is merged. */
import { expandBuild } from "./canonical_build.ts";
import { eachEntry, eachItem } from "./entries.ts";
import { newDependency } from "./merge.ts";
import { expandFileReference, expandItems } from "./expand_items.ts";
import { expandPort } from "./port_spec.ts";
import { describe, mustBe, problemAt, rootSpot, type Spot, spotIn } from "./spot.ts";
import type { Locations } from "./locations.ts";
import { isMapping, type Mapping, newMapping, type Value } from "./value.ts";
import { expandVolume } from "./volume_spec.ts";

/** What is said and not followed: `cached` of a mount, or `version`. */
export type OnWarning = (spot: Spot, message: string) => void;

/** Changes `dict`, which fits the schema. */
export function makeCanonical(dict: Mapping, locations: Locations, onWarning: OnWarning): void {
  eachEntry(
    rootSpot(locations, dict, "services"),
    (service, spot) => makeServiceCanonical(service, spot, onWarning),
  );
  for (const kind of ["networks", "volumes", "configs", "secrets"]) {
    eachEntry(
      rootSpot(locations, dict, kind),
      (resource, spot) => makeExternalCanonical(resource, spot, onWarning),
    );
  }
}

function makeServiceCanonical(service: Mapping, parent: Spot, onWarning: OnWarning): void {
  for (const key of Object.keys(service)) {
    const value = service[key]!;
    const spot = spotIn(parent, service, key);
    switch (key) {
      case "depends_on":
        service[key] = Array.isArray(value)
          ? namesToMapping(value, spot, newDependency)
          : completeDependencies(value);
        break;
      case "build":
        service[key] = expandBuild(value, spot);
        break;
      case "models":
      case "networks":
        if (Array.isArray(value)) service[key] = namesToMapping(value, spot, () => null);
        break;
      case "env_file":
        service[key] = expandItems(asList(value, spot), spot, expandEnvFile);
        break;
      case "dns":
        service[key] = expandItems(
          asList(value, spot),
          spot,
          (item) => item === "" || item === null ? [] : [item],
        );
        break;
      case "gpus":
        // The schema knows no other text than `all`.
        if (typeof value === "string") {
          service[key] = expandItems(asList(value, spot), spot, () => [mapping({ count: value })]);
        }
        break;
      case "label_file":
        service[key] = asList(value, spot);
        break;
      case "develop":
        expandWatch(value, spot);
        break;
      case "devices":
        service[key] = expandItems(value, spot, expandDevice);
        break;
      case "configs":
      case "secrets":
        service[key] = expandItems(
          value,
          spot,
          expandFileReference,
        );
        break;
      case "ports":
        if (!Array.isArray(value)) throw mustBe(spot, value, "a list");
        service[key] = expandItems(value, spot, expandPortItem);
        break;
      case "volumes":
        service[key] = expandItems(value, spot, (item, place) => expandVolumeItem(item, place, onWarning));
        break;
    }
  }
}

function expandPortItem(item: Value, spot: Spot): Value[] {
  if (isMapping(item)) return [item];
  if (typeof item === "number" || typeof item === "string") return expandPort(String(item), spot);
  throw mustBe(spot, item, "a port");
}

function expandVolumeItem(item: Value, spot: Spot, onWarning: OnWarning): Value[] {
  if (typeof item !== "string") return [item];
  return [expandVolume(item, spot, (option) => {
    onWarning(spot, `Option "${option}" of volume ${describe(spot, item)} is ignored`);
  })];
}

function expandDevice(item: Value, spot: Spot): Value[] {
  if (typeof item !== "string") return [item];
  const parts = item.split(":");
  if (parts.length > 3) {
    throw problemAt(
      spot,
      `Device ${describe(spot, item)} has too many colons`,
      "write it as source:target:permissions",
    );
  }
  const [source, target, permissions] = parts;
  return [mapping({ source: source!, target: target || source!, permissions: permissions ?? "rwm" })];
}

function expandEnvFile(item: Value): Value[] {
  if (typeof item === "string") return [mapping({ path: item, required: true })];
  if (isMapping(item) && !("required" in item)) item["required"] = true;
  return [item];
}

function expandWatch(value: Value, spot: Spot): void {
  if (!isMapping(value)) return;
  eachItem(value, "watch", spot, (trigger, place) => {
    for (const key of ["ignore", "include"]) {
      if (key in trigger) trigger[key] = asList(trigger[key]!, spotIn(place, trigger, key));
    }
  });
}

function completeDependencies(value: Value): Value {
  if (!isMapping(value)) return value;
  for (const name of Object.keys(value)) {
    const dependency = value[name]!;
    if (isMapping(dependency)) value[name] = Object.assign(newDependency(), dependency);
  }
  return value;
}

/** The old `external: {name: …}` becomes `external: true` and `name`. */
function makeExternalCanonical(resource: Mapping, parent: Spot, onWarning: OnWarning): void {
  const external = resource["external"];
  if (!isMapping(external)) return;
  const spot = spotIn(parent, resource, "external");
  resource["external"] = true;
  const name = external["name"];
  if (name === undefined) return;
  onWarning(spot, "`external.name` is deprecated: write `external: true` and `name`");
  if ("name" in resource && resource["name"] !== name) {
    throw problemAt(spot, "`name` and `external.name` differ", "keep `name` only");
  }
  resource["name"] = name;
}

function asList(value: Value, spot: Spot): Value {
  if (typeof value !== "string") return value;
  const list: Value[] = [value];
  spot.locations.copy(spot.container, spot.key, list, 0);
  return list;
}

function namesToMapping(list: Value[], spot: Spot, newEntry: () => Value): Mapping {
  const result = newMapping();
  list.forEach((name, index) => {
    if (typeof name !== "string") throw mustBe(spotIn(spot, list, index), name, "a name");
    result[name] = newEntry();
    spot.locations.copy(list, index, result, name);
  });
  return result;
}

function mapping(entries: { readonly [key: string]: Value }): Mapping {
  return Object.assign(newMapping(), entries);
}
