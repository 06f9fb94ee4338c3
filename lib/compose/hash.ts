/** The `com.docker.compose.config-hash` labels, byte by byte those of `docker compose` 2.40. */
import { createHash } from "node:crypto";
import type { Network, Service, Volume } from "./project.ts";
import { network as networkShape, volume as volumeShape } from "./resource_shapes.ts";
import { service as serviceShape } from "./service_shape.ts";

/**
 * Of a service as its container is made from it: references of `network_mode`, `ipc`, `pid` and `volumes_from` to other services
 * must already be references to their containers.
 */
export function serviceHash(service: Service): string {
  // What does not change the container itself is left out.
  const {
    name: _name,
    pull_policy: _policy,
    scale: _scale,
    depends_on: _dependencies,
    profiles: _profiles,
    ...rest
  } = service;
  if (rest.deploy === undefined) return sha256(serviceShape.write(rest));
  const { replicas: _replicas, ...deploy } = rest.deploy;
  return sha256(serviceShape.write({ ...rest, deploy }));
}

export function networkHash(network: Network): string {
  return sha256(networkShape.write(network));
}

export function volumeHash(volume: Volume): string {
  return sha256(volumeShape.write({ ...volume, driver: volume.driver ?? "local" }));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
