/** Entries of lists that say the same thing twice: the last one counts, at the place of the first. */
import { cut } from "./collection_kinds.ts";
import { eachEntry } from "./entries.ts";
import type { Locations } from "./locations.ts";
import { printValue } from "./print_value.ts";
import { mustBe, problemAt, rootSpot, type Spot, spotIn } from "./spot.ts";
import { isMapping, type Mapping, type Value } from "./value.ts";
import { parseVolumeSpec } from "./volume_spec.ts";

type KeyOf = (entry: Value, spot: Spot) => string;

const SERVICE_LISTS: Readonly<Record<string, KeyOf>> = {
  annotations: nameOf,
  cap_add: nameOf,
  cap_drop: nameOf,
  configs: fileKey(""),
  devices: deviceKey,
  dns: nameOf,
  dns_opt: nameOf,
  dns_search: nameOf,
  environment: nameOf,
  env_file: envFileKey,
  expose: exposeKey,
  labels: nameOf,
  links: nameOf,
  ports: portKey,
  profiles: nameOf,
  secrets: fileKey("/run/secrets"),
  sysctls: nameOf,
  tmpfs: nameOf,
  volumes: volumeKey,
};

const BUILD_LISTS = ["additional_contexts", "args", "labels", "tags"];

/** Changes `dict`. Values of an unexpected type are left for the schema to refuse. */
export function removeDuplicates(dict: Mapping, locations: Locations): void {
  eachEntry(rootSpot(locations, dict, "services"), (service, spot) => {
    for (const key of Object.keys(service)) {
      if (Object.hasOwn(SERVICE_LISTS, key)) uniqueEntry(service, key, SERVICE_LISTS[key]!, spot);
    }
    if (isMapping(service["build"])) {
      const place = spotIn(spot, service, "build");
      for (const key of BUILD_LISTS) uniqueEntry(service["build"], key, nameOf, place);
    }
    if (isMapping(service["deploy"])) {
      uniqueEntry(service["deploy"], "labels", nameOf, spotIn(spot, service, "deploy"));
    }
    if (isMapping(service["networks"])) {
      eachEntry(spotIn(spot, service, "networks"), (network, place) => {
        uniqueEntry(network, "aliases", nameOf, place);
        uniqueEntry(network, "link_local_ips", nameOf, place);
      });
    }
  });
  eachEntry(
    rootSpot(locations, dict, "networks"),
    (network, spot) => uniqueEntry(network, "labels", nameOf, spot),
  );
}

function uniqueEntry(container: Mapping, key: string, keyOf: KeyOf, parent: Spot): void {
  const list = container[key];
  if (!Array.isArray(list) || list.length === 0) return;
  const spot = spotIn(parent, container, key);
  const result: Value[] = [];
  const sources: number[] = [];
  const places = new Map<string, number>();
  list.forEach((entry, index) => {
    const name = keyOf(entry, spotIn(spot, list, index));
    const place = places.get(name) ?? result.length;
    places.set(name, place);
    result[place] = entry;
    sources[place] = index;
  });
  if (result.length === list.length) return;
  sources.forEach((source, place) => parent.locations.copy(list, source, result, place));
  container[key] = result;
}

function nameOf(entry: Value, spot: Spot): string {
  if (typeof entry !== "string") throw mustBe(spot, entry, "a text");
  return cut(entry, "=")?.[0] ?? entry;
}

function volumeKey(entry: Value, spot: Spot): string {
  if (typeof entry === "string") return parseVolumeSpec(entry, spot).target ?? "";
  if (!isMapping(entry)) return "";
  if (typeof entry["target"] !== "string") {
    throw problemAt(spot, "The mount has no target", "add `target`: the path inside the container");
  }
  return entry["target"];
}

function deviceKey(entry: Value, spot: Spot): string {
  if (typeof entry === "string") {
    const parts = entry.split(":");
    return parts[1] ?? parts[0]!;
  }
  if (!isMapping(entry)) return "";
  if (typeof entry["target"] !== "string") {
    throw problemAt(spot, "The device has no target", "add `target`: the path inside the container");
  }
  return entry["target"];
}

function exposeKey(entry: Value, spot: Spot): string {
  if (typeof entry === "string" || typeof entry === "number") return String(entry);
  throw mustBe(spot, entry, "a port");
}

function fileKey(folder: string): KeyOf {
  return (entry, spot) => {
    if (typeof entry === "string") return `${folder}/${entry}`;
    if (!isMapping(entry)) throw mustBe(spot, entry, "a name or a mapping");
    const target = entry["target"];
    if (target === undefined) return `${folder}/${printValue(entry["source"] ?? null)}`;
    if (typeof target !== "string") throw mustBe(spotIn(spot, entry, "target"), target, "a path");
    return target;
  };
}

function portKey(entry: Value, spot: Spot): string {
  if (!isMapping(entry)) return typeof entry === "string" || typeof entry === "number" ? String(entry) : "";
  const { target, published, host_ip: hostIp, protocol } = entry;
  if (target === undefined) {
    throw problemAt(spot, "The port has no target", "add `target`: the port inside the container");
  }
  // A number and a text are not the same to the reference; so both stay, and the engine tells what is wrong.
  const parts = [hostIp ?? "0.0.0.0", published ?? null, target, protocol ?? "tcp"].map(printValue);
  return `${typeof published} ${parts.join(":")}`;
}

function envFileKey(entry: Value, spot: Spot): string {
  if (typeof entry === "string") return entry;
  if (!isMapping(entry)) return "";
  if (typeof entry["path"] !== "string") throw problemAt(spot, "The env file has no path", "add `path`");
  return entry["path"];
}
