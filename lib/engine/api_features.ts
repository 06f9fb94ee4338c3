/** Attributes that an older engine would ignore in silence. */
import type { Network, Service } from "../compose/project.ts";
import { HomeportError } from "../errors.ts";
import { compareApiVersions } from "./api_version.ts";

interface Feature<T> {
  readonly attribute: string;
  readonly api: string;
  /** The release of the engine that brought it. */
  readonly engine: string;
  readonly isUsed: (subject: T) => boolean;
}

const CONTAINER_FEATURES: readonly Feature<Service>[] = [
  {
    attribute: "volumes.volume.subpath",
    api: "1.45",
    engine: "26",
    isUsed: ({ volumes = [] }) => volumes.some(({ volume }) => Boolean(volume?.subpath)),
  },
  {
    attribute: "networks.gw_priority",
    api: "1.48",
    engine: "28",
    isUsed: ({ networks = {} }) => Object.values(networks).some((network) => Boolean(network?.gw_priority)),
  },
  {
    attribute: "networks.interface_name",
    api: "1.49",
    engine: "28.1",
    isUsed: ({ networks = {} }) =>
      Object.values(networks).some((network) => Boolean(network?.interface_name)),
  },
];

const NETWORK_FEATURES: readonly Feature<Network>[] = [
  {
    attribute: "enable_ipv4",
    api: "1.47",
    engine: "27.4",
    isUsed: ({ enable_ipv4: enabled }) => enabled !== undefined,
  },
];

export function checkContainerFeatures(service: Service, apiVersion: string): void {
  check(CONTAINER_FEATURES, service, `services.${service.name}`, apiVersion);
}

export function checkNetworkFeatures(key: string, network: Network, apiVersion: string): void {
  check(NETWORK_FEATURES, network, `networks.${key}`, apiVersion);
}

function check<T>(features: readonly Feature<T>[], subject: T, path: string, apiVersion: string): void {
  for (const { attribute, api, engine, isUsed } of features) {
    if (compareApiVersions(apiVersion, api) >= 0 || !isUsed(subject)) continue;
    throw new HomeportError(
      `${path} uses ${attribute}, which this Docker Engine (API ${apiVersion}) does not know`,
      {
        path: `${path}.${attribute}`,
        hint: `update Docker to version ${engine} or later, or remove the attribute`,
      },
    );
  }
}
