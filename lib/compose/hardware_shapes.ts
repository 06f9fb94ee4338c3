/** The shapes of what a service asks of disks and devices, in the order of the config hash. */
import { textList, textMap } from "./collection_kinds.ts";
import { jsonInteger, jsonText } from "./go_json.ts";
import { hidingExtensions, type Kind, list, shape, written } from "./kind.ts";
import type { BlkioConfig, DeviceRequest, GenericResource, ThrottleDevice, WeightDevice } from "./project.ts";
import { byteSize, integer, text, unsignedOf } from "./scalar_kinds.ts";
import { mustBe, type Spot } from "./spot.ts";
import { isMapping, type Mapping, newMapping } from "./value.ts";

/** The reference takes no text here. */
const weight: Kind<number> = {
  ...unsignedOf(16),
  bind: (value, spot, notes) => {
    if (typeof value === "string") throw mustBe(spot, value, "a whole number from 0 to 65535");
    return unsignedOf(16).bind(value, spot, notes);
  },
};

const rate: Kind<number> = {
  ...byteSize,
  bind: (value, spot, notes) => {
    const bound = byteSize.bind(value, spot, notes)!;
    if (bound < 0) notes.undeployable(mustBe(spot, value, "a rate from 0 on"));
    return bound;
  },
};

// The reference writes both fields in any case, under their names in Go.
const weightDevice: Kind<WeightDevice> = {
  ...shape<WeightDevice>({ path: text, weight }),
  write: ({ path = "", weight = 0 }) => `{"Path":${jsonText(path)},"Weight":${weight}}`,
};

const throttleDevice: Kind<ThrottleDevice> = {
  ...shape<ThrottleDevice>({ path: text, rate }),
  write: ({ path = "", rate = 0 }) => `{"Path":${jsonText(path)},"Rate":"${jsonInteger(rate)}"}`,
};

export const blkioConfig = shape<BlkioConfig>({
  weight,
  weight_device: list(weightDevice),
  device_read_bps: list(throttleDevice),
  device_read_iops: list(throttleDevice),
  device_write_bps: list(throttleDevice),
  device_write_iops: list(throttleDevice),
});

/** `all` is −1. */
const deviceCount: Kind<number> = {
  ...integer,
  bind: (value, spot, notes) => {
    if (typeof value === "string" && value.toLowerCase() === "all") return -1;
    if (typeof value === "string" || typeof value === "number") return integer.bind(value, spot, notes);
    throw mustBe(spot, value, "all or a whole number");
  },
};

export const deviceRequest = hidingExtensions(shape<DeviceRequest>({
  capabilities: textList,
  driver: text,
  count: deviceCount,
  device_ids: textList,
  options: textMap,
}));

/** The schema leaves these keys open, and the reference then takes them in any case. */
export const gpu: Kind<DeviceRequest> = {
  ...deviceRequest,
  bind: (value, spot, notes) =>
    deviceRequest.bind(isMapping(value) ? withKnownKeys(value, spot) : value, spot, notes),
};

const DEVICE_KEYS = ["capabilities", "driver", "count", "device_ids", "options"];

function withKnownKeys(value: Mapping, spot: Spot): Mapping {
  const known = Object.assign(newMapping(), value);
  spot.locations.adopt(value, known);
  for (const key of DEVICE_KEYS) {
    const written = Object.keys(value).find((each) => each.toLowerCase() === key);
    if (written === undefined || key in value) continue;
    known[key] = value[written]!;
    spot.locations.copy(value, written, known, key);
    delete known[written];
  }
  return known;
}

type Discrete = NonNullable<GenericResource["discrete_resource_spec"]>;

export const genericResource = shape<GenericResource>({
  discrete_resource_spec: shape<Discrete>({ kind: written(text, '""'), value: written(integer, "0") }),
});
