/** The shapes of a project's networks, volumes, configs and secrets, in the order of the config hash. */
import { textMap } from "./collection_kinds.ts";
import { kept, list, shape, written } from "./kind.ts";
import type { FileObject, Ipam, IpamPool, Network, Volume } from "./project.ts";
import { boolean, text } from "./scalar_kinds.ts";

const ipamPool = shape<IpamPool>({ subnet: text, gateway: text, ip_range: text, aux_addresses: textMap });

export const network = shape<Network>({
  name: text,
  driver: text,
  driver_opts: textMap,
  ipam: written(shape<Ipam>({ driver: text, config: list(ipamPool) }), "{}"),
  external: boolean,
  internal: boolean,
  attachable: boolean,
  labels: textMap,
  enable_ipv4: kept(boolean),
  enable_ipv6: kept(boolean),
});

export const volume = shape<Volume>({
  name: text,
  driver: text,
  driver_opts: textMap,
  external: boolean,
  labels: textMap,
});

export const fileObject = shape<FileObject>({
  name: text,
  file: text,
  environment: text,
  content: text,
  external: boolean,
  labels: textMap,
});
