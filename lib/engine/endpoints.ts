/** How a container is attached to its networks. */
import type { Project, Service, ServiceNetwork } from "../compose/project.ts";
import { ConfigurationError } from "../errors.ts";
import { isBefore, SEVERAL_NETWORKS } from "./api_version.ts";
import type { Endpoint } from "./body.ts";
import { containerNameOf } from "./container_name.ts";

const INTERFACE_NAME = "com.docker.network.endpoint.ifname";

export interface EndpointInput {
  readonly project: Project;
  readonly service: Service;
  readonly number: number;
  readonly containersOf: (service: string) => readonly string[];
  readonly apiVersion: string;
}

export interface Networking {
  readonly mode: string;
  /** By the networks' names on the engine. Absent where the mode leaves no choice, such as `host`. */
  readonly endpoints: Readonly<Record<string, Endpoint>> | undefined;
  /** Of the container as a whole, for an engine that knows none of endpoints. */
  readonly macAddress: string | undefined;
}

export function networking(input: EndpointInput): Networking {
  const { project, service } = input;
  const isOld = isBefore(input.apiVersion, SEVERAL_NETWORKS);
  if (service.network_mode !== undefined && service.network_mode !== "") {
    return {
      mode: service.network_mode,
      endpoints: undefined,
      macAddress: isOld ? service.mac_address : undefined,
    };
  }
  const keys = networksByPriority(service);
  const primary = project.networks[keys[0]!];
  if (primary === undefined) return { mode: "none", endpoints: undefined, macAddress: undefined };
  // The others are attached before the container starts.
  const endpoints = (isOld ? keys.slice(0, 1) : keys).map((key) =>
    [project.networks[key]!.name, endpointOf(input, key)] as const
  );
  return {
    mode: primary.name,
    endpoints: Object.fromEntries(endpoints),
    macAddress: isOld ? macAddress(service, keys[0]!) : undefined,
  };
}

/** Keys of the service's networks; the first one is the primary. */
export function networksByPriority({ networks = {}, network_mode: mode }: Service): string[] {
  if (mode !== undefined && mode !== "") return [];
  const keys = Object.keys(networks);
  if (keys.length === 0) return ["default"];
  const priority = (key: string) => networks[key]?.priority ?? 0;
  return keys.sort((a, b) => priority(b) - priority(a) || (a < b ? -1 : 1));
}

export function endpointOf(input: EndpointInput, key: string): Endpoint {
  const { project, service, number } = input;
  const network = service.networks?.[key] ?? undefined;
  return {
    // The name that the container has in the end: while it replaces another it may be called otherwise.
    Aliases: [containerNameOf(project, service, number), service.name, ...network?.aliases ?? []],
    Links: linksOf(input),
    IPAMConfig: network === undefined ? undefined : {
      IPv4Address: network.ipv4_address,
      IPv6Address: network.ipv6_address,
      LinkLocalIPs: network.link_local_ips,
    },
    MacAddress: isBefore(input.apiVersion, SEVERAL_NETWORKS) ? undefined : macAddress(service, key),
    DriverOpts: driverOptions(network),
    GwPriority: network?.gw_priority,
  };
}

/** Every container of a linked service, under each of the names that Compose gives it; and containers of others. */
export function linksOf({ project, service, number, containersOf }: EndpointInput): string[] {
  const own = (service.links ?? []).flatMap((link) => {
    const [linked = "", alias = linked] = link.split(":");
    return containersOf(linked).flatMap((container) =>
      [alias, `${linked}-${number}`, `${project.name}-${linked}-${number}`].map((name) =>
        `${container}:${name}`
      )
    );
  });
  const external = (service.external_links ?? []).map((link) => {
    const [container = "", alias, ...more] = link.split(":");
    return `${container}:${alias === undefined || more.length > 0 ? container : alias}`;
  });
  return [...own, ...external];
}

/** The service's own address goes to its primary network. */
function macAddress(service: Service, key: string): string | undefined {
  const network = service.networks?.[key] ?? undefined;
  const own = service.mac_address;
  if (own === undefined || key !== networksByPriority(service)[0]) return network?.mac_address;
  if (network?.mac_address !== undefined && network.mac_address !== own) {
    throw new ConfigurationError(
      `Service ${service.name} has two MAC addresses, ${own} and, on network ${key}, ${network.mac_address}`,
      { path: `services.${service.name}.mac_address`, hint: "keep one of them" },
    );
  }
  return own;
}

function driverOptions(network: ServiceNetwork | undefined): Endpoint["DriverOpts"] {
  if (network?.interface_name === undefined || network.interface_name === "") return network?.driver_opts;
  return { ...network.driver_opts, [INTERFACE_NAME]: network.interface_name };
}
