/** Fills in what a merged model leaves out, and refuses what contradicts itself there. */
import { eachEntry, eachItem } from "./entries.ts";
import { isIP } from "./ip_address.ts";
import type { Locations } from "./locations.ts";
import { describe, problemAt, rootSpot, type Spot, spotIn } from "./spot.ts";
import { isMapping, type Mapping } from "./value.ts";

/** Changes `dict`. */
export function setDefaults(dict: Mapping, locations: Locations): void {
  eachEntry(rootSpot(locations, dict, "services"), (service, spot) => {
    if (isMapping(service["build"])) service["build"]["context"] ??= ".";
    eachItem(service, "ports", spot, setPortDefaults);
    if (isMapping(service["develop"])) {
      eachItem(service["develop"], "watch", spotIn(spot, service, "develop"), refuseBlankPath);
    }
    eachItem(service, "secrets", spot, (secret) => {
      secret["target"] ??= `/run/secrets/${String(secret["source"])}`;
    });
    eachItem(service, "gpus", spot, setDeviceCount);
    eachReservedDevice(service, spot, setDeviceCount);
  });
  eachEntry(rootSpot(locations, dict, "volumes"), refuseOptionsOfExternal);
  eachEntry(rootSpot(locations, dict, "configs"), refuseUnclearContent("file", "environment", "content"));
  eachEntry(rootSpot(locations, dict, "secrets"), refuseUnclearContent("file", "environment"));
}

function eachReservedDevice(
  service: Mapping,
  parent: Spot,
  visit: (device: Mapping, spot: Spot) => void,
): void {
  let held = service;
  let spot = parent;
  for (const key of ["deploy", "resources", "reservations"]) {
    const next = held[key];
    if (!isMapping(next)) return;
    spot = spotIn(spot, held, key);
    held = next;
  }
  eachItem(held, "devices", spot, visit);
}

function setDeviceCount(device: Mapping, spot: Spot): void {
  if ("count" in device && "device_ids" in device) {
    throw problemAt(spot, "`count` and `device_ids` exclude each other", "keep one of them");
  }
  if (!("device_ids" in device)) device["count"] ??= "all";
}

function setPortDefaults(port: Mapping, spot: Spot): void {
  port["protocol"] ??= "tcp";
  port["mode"] ??= "ingress";
  const address = port["host_ip"];
  if (typeof address === "string" && !isIP(address)) {
    const place = spotIn(spot, port, "host_ip");
    throw problemAt(
      place,
      `${describe(place, address)} is no IP address`,
      "write one, or leave it out for all addresses",
    );
  }
}

function refuseBlankPath(trigger: Mapping, spot: Spot): void {
  if (trigger["path"] === "") {
    throw problemAt(spotIn(spot, trigger, "path"), "The watched path is empty", "write the path to watch");
  }
}

function refuseOptionsOfExternal(volume: Mapping, spot: Spot): void {
  if (volume["external"] !== true) return;
  for (const key of Object.keys(volume)) {
    if (key === "name" || key === "external" || key.startsWith("x-")) continue;
    throw problemAt(
      spotIn(spot, volume, key),
      `External volume ${spot.key} cannot have \`${key}\``,
      "remove it: an external volume is taken as it is",
    );
  }
}

function refuseUnclearContent(...sources: readonly string[]): (object: Mapping, spot: Spot) => void {
  return (object, spot) => {
    const given = sources.filter((source) => source in object);
    if (given.length > 1) {
      throw problemAt(
        spot,
        `${given.map((each) => `\`${each}\``).join(" and ")} exclude each other`,
        "keep one of them",
      );
    }
    if (given.length === 0 && !("driver" in object) && !("external" in object)) {
      const what = spot.parent?.key === "configs" ? "Config" : "Secret";
      throw problemAt(spot, `${what} ${spot.key} has no content`, `add one of ${sources.join(", ")}`);
    }
  };
}
