import { compareUtf8 } from "./go_json.ts";
import { type HashFlavour, networkHash, serviceHash, volumeHash } from "./hash.ts";
import type { Project } from "./project.ts";

export interface ResourceHash {
  readonly kind: "service" | "network" | "volume";
  /** The key in the project. */
  readonly name: string;
  readonly hash: string;
}

/** Of everything that carries a `config-hash`: what is external does not. */
export function resourceHashes(project: Project, flavour?: HashFlavour): ResourceHash[] {
  return [
    ...hashes("service", project.services, (service) => serviceHash(service, flavour)),
    ...hashes("network", ownOf(project.networks), (network) => networkHash(network, flavour)),
    ...hashes("volume", ownOf(project.volumes), volumeHash),
  ];
}

function hashes<T>(
  kind: ResourceHash["kind"],
  map: Readonly<Record<string, T>>,
  hashOf: (value: T) => string,
): ResourceHash[] {
  return Object.keys(map).sort(compareUtf8).map((name) => ({ kind, name, hash: hashOf(map[name]!) }));
}

function ownOf<T extends { readonly external?: boolean }>(
  map: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(map).filter(([, { external }]) => external !== true));
}
