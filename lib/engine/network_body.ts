import type { HashFlavour } from "../compose/hash.ts";
import type { Ipam, IpamPool, Network, Project, StringMap } from "../compose/project.ts";
import { isBefore } from "./api_version.ts";
import type { IpamConfig, NetworkBody } from "./body.ts";
import { networkLabels } from "./compose_labels.ts";

/** Since Engine 25. */
const UNIQUE_NETWORK_NAMES = "1.44";

/** A network of a project as the body of the engine's "create network" call. */
export function networkBody(
  project: Project,
  key: string,
  network: Network,
  ownership: StringMap,
  apiVersion: string,
  composeHash?: HashFlavour,
): NetworkBody {
  return {
    Name: network.name,
    CheckDuplicate: isBefore(apiVersion, UNIQUE_NETWORK_NAMES) ? true : undefined,
    Driver: network.driver,
    Options: network.driver_opts,
    Internal: network.internal,
    Attachable: network.attachable,
    EnableIPv4: network.enable_ipv4,
    EnableIPv6: network.enable_ipv6,
    IPAM: ipamBody(network.ipam ?? {}),
    Labels: { ...network.labels, ...networkLabels(project, key, network, composeHash), ...ownership },
  };
}

function ipamBody({ driver, config = [] }: Ipam): NetworkBody["IPAM"] {
  if ((driver === undefined || driver === "") && config.length === 0) return undefined;
  return { Driver: driver, Config: config.map(poolBody) };
}

function poolBody({ subnet, ip_range: range, gateway, aux_addresses: auxiliary }: IpamPool): IpamConfig {
  return { Subnet: subnet, IPRange: range, Gateway: gateway, AuxiliaryAddresses: auxiliary };
}
