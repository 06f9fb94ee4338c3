/** The shapes of a project's networks, volumes, configs and secrets, in the order of the config hash. */
import { namedTexts, textMap } from "./collection_kinds.ts";
import { type Fields, hidingExtensions, kept, type Kind, list, shape, written } from "./kind.ts";
import type { FileObject, FileReference, Ipam, IpamPool, Network, StringMap, Volume } from "./project.ts";
import { boolean, fileMode, text } from "./scalar_kinds.ts";

const ipamPool = hidingExtensions(
  shape<IpamPool>({ subnet: text, gateway: text, ip_range: text, aux_addresses: textMap }),
);

/** Compose 2.40 drops them, and so does what creates networks here; Compose 5 hashes them. */
const ipamOptions: Kind<StringMap> = {
  ...textMap,
  bind: (value, spot, notes) => {
    notes.unused(spot);
    return textMap.bind(value, spot, notes);
  },
};
const ipamFields: Fields<Ipam> = { driver: text, config: list(ipamPool), options: ipamOptions };
const ipam = shape<Ipam>(ipamFields);

const networkFields: Fields<Network> = {
  name: text,
  driver: text,
  driver_opts: textMap,
  ipam: written({ ...ipam, write: ({ options: _options, ...rest }, form) => ipam.write(rest, form) }, "{}"),
  external: boolean,
  internal: boolean,
  attachable: boolean,
  labels: textMap,
  enable_ipv4: kept(boolean),
  enable_ipv6: kept(boolean),
};

export const network = shape<Network>(networkFields);

/** As Compose 5 writes it. */
export const networkOfCompose5 = shape<Network>({ ...networkFields, ipam: written(ipam, "{}") });

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
  driver: text,
  driver_opts: namedTexts,
  template_driver: text,
});

export const fileReference = shape<FileReference>({
  source: text,
  target: text,
  uid: text,
  gid: text,
  mode: fileMode,
});
