import type { HashFlavour } from "../compose/hash.ts";
import type { Ipam, IpamPool, Network, Project, StringMap } from "../compose/project.ts";
import type { IpamConfig, NetworkBody } from "./body.ts";
import { networkLabels } from "./compose_labels.ts";

/** A network of a project as the body of the engine's "create network" call. */
export function networkBody(
  project: Project,
  key: string,
  network: Network,
  ownership: StringMap,
  composeHash?: HashFlavour,
): NetworkBody {
  return {
    Name: network.name,
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
