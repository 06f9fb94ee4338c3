/** Attributes that an older engine would ignore in silence. */
import type { Network, Service } from "../compose/project.ts";
import { HomeportError } from "../errors.ts";
import { isBefore, SEVERAL_NETWORKS } from "./api_version.ts";
import { networksByPriority } from "./endpoints.ts";

interface Feature<T> {
  readonly attribute: string;
  readonly api: string;
  /** The release of the engine that brought it. */
  readonly engine: string;
  readonly isUsed: (subject: T) => boolean;
}

const CONTAINER_FEATURES: readonly Feature<Service>[] = [
  {
    attribute: "volumes.bind.create_host_path",
    api: "1.42",
    engine: "23",
    // With other options it takes the form of a mount, which could not say this.
    isUsed: ({ volumes = [] }) =>
      volumes.some(({ type, bind }) =>
        type === "bind" && bind?.create_host_path === true && Boolean(bind.propagation || bind.recursive)
      ),
  },
  {
    attribute: "annotations",
    api: "1.43",
    engine: "24",
    isUsed: ({ annotations = {} }) => Object.keys(annotations).length > 0,
  },
  {
    attribute: "healthcheck.start_interval",
    api: "1.44",
    engine: "25",
    isUsed: ({ healthcheck }) => healthcheck?.start_interval !== undefined,
  },
  {
    attribute: "volumes.bind.recursive",
    api: "1.44",
    engine: "25",
    // `writable` is what an older engine does anyway.
    isUsed: ({ volumes = [] }) =>
      volumes.some(({ type, bind }) => type === "bind" && bind?.recursive === "readonly"),
  },
  {
    attribute: "networks.mac_address",
    api: SEVERAL_NETWORKS,
    engine: "25",
    // Of the primary network it becomes that of the container.
    isUsed: (service) =>
      networksByPriority(service).slice(1).some((key) => Boolean(service.networks?.[key]?.mac_address)),
  },
  {
    attribute: "volumes.volume.subpath",
    api: "1.45",
    engine: "26",
    isUsed: ({ volumes = [] }) => volumes.some(({ volume }) => Boolean(volume?.subpath)),
  },
  {
    attribute: "volumes.image",
    api: "1.48",
    engine: "28",
    isUsed: ({ volumes = [] }) => volumes.some(({ type }) => type === "image"),
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
    if (!isBefore(apiVersion, api) || !isUsed(subject)) continue;
    throw new HomeportError(
      `${path} uses ${attribute}, which this Docker Engine (API ${apiVersion}) does not know`,
      {
        path: `${path}.${attribute}`,
        hint: `update Docker to version ${engine} or later, or remove the attribute`,
      },
    );
  }
}
