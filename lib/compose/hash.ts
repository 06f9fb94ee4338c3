/** The `com.docker.compose.config-hash` labels, byte by byte those of `docker compose`. */
import { createHash } from "node:crypto";
import type { Network, Service, Volume } from "./project.ts";
import { network as networkShape, networkOfCompose5, volume as volumeShape } from "./resource_shapes.ts";
import { service as serviceShape, serviceOfCompose5 } from "./service_shape.ts";

/** Releases of `docker compose` that hash alike: 2.40, and all of 5. */
export const HASH_FLAVOURS = ["2.40", "5"] as const;

export type HashFlavour = typeof HASH_FLAVOURS[number];

export const DEFAULT_FLAVOUR: HashFlavour = "2.40";

/**
 * Of a service as its container is made from it: references of `network_mode`, `ipc`, `pid` and `volumes_from` to other services
 * must already be references to their containers.
 */
export function serviceHash(service: Service, flavour: HashFlavour = DEFAULT_FLAVOUR): string {
  const { write } = flavour === "5" ? serviceOfCompose5 : serviceShape;
  // What does not change the container itself is left out.
  const {
    name: _name,
    build: _build,
    pull_policy: _policy,
    scale: _scale,
    depends_on: _dependencies,
    profiles: _profiles,
    ...rest
  } = service;
  if (rest.deploy === undefined) return sha256(write(rest));
  const { replicas: _replicas, ...deploy } = rest.deploy;
  return sha256(write({ ...rest, deploy }));
}

export function networkHash(network: Network, flavour: HashFlavour = DEFAULT_FLAVOUR): string {
  return sha256((flavour === "5" ? networkOfCompose5 : networkShape).write(network));
}

/** All releases hash volumes alike. */
export function volumeHash(volume: Volume): string {
  return sha256(volumeShape.write({ ...volume, driver: volume.driver ?? "local" }));
}

/** Whether a release of `docker compose` that is known here would write this hash for the service. */
export function isServiceHash(hash: string | undefined, service: Service): boolean {
  return HASH_FLAVOURS.some((flavour) => serviceHash(service, flavour) === hash);
}

/** As `isServiceHash`, of a network. */
export function isNetworkHash(hash: string | undefined, network: Network): boolean {
  return HASH_FLAVOURS.some((flavour) => networkHash(network, flavour) === hash);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
