import type {
  BlkioConfig,
  Device,
  DeviceRequest,
  Resource,
  Service,
  ThrottleDevice,
  Ulimit,
} from "../compose/project.ts";
import type { DeviceBody, DeviceRequestBody, Resources, ThrottleDeviceBody, UlimitBody } from "./body.ts";

/** `vendor.com/class=name`: a device of the Container Device Interface, which has no path. */
const CDI_DEVICE = /^[A-Za-z][\w.-]*\/[A-Za-z][\w-]*=[A-Za-z0-9][\w.:-]*$/;

/** The limits of `deploy.resources` win over those of the service itself. */
export function resourcesOf(service: Service): Resources {
  const { limits = {}, reservations = {} }: { limits?: Resource; reservations?: Resource } =
    service.deploy?.resources ?? {};
  return {
    CgroupParent: service.cgroup_parent,
    Memory: limits.memory || service.mem_limit,
    MemorySwap: service.memswap_limit,
    // The engine takes 0 for "no swapping at all", which Compose never asks for.
    MemorySwappiness: service.mem_swappiness || undefined,
    MemoryReservation: reservations.memory || service.mem_reservation,
    OomKillDisable: service.oom_kill_disable ?? false,
    CpuCount: service.cpu_count,
    CpuPercent: service.cpu_percent === undefined ? undefined : singlePrecision(service.cpu_percent, 100),
    CpuPeriod: service.cpu_period,
    CpuQuota: service.cpu_quota,
    CpuRealtimePeriod: service.cpu_rt_period,
    CpuRealtimeRuntime: service.cpu_rt_runtime,
    CpuShares: service.cpu_shares,
    NanoCpus: nanoCpus(limits.cpus || service.cpus),
    CpusetCpus: service.cpuset,
    DeviceCgroupRules: service.device_cgroup_rules,
    PidsLimit: limits.pids !== undefined && limits.pids > 0 ? limits.pids : service.pids_limit || undefined,
    Devices: (service.devices ?? []).filter((device) => !isCdi(device)).map(deviceBody),
    DeviceRequests: deviceRequests(service, reservations.devices),
    ...blkioOf(service.blkio_config),
    Ulimits: Object.entries(service.ulimits ?? {}).map(([name, limit]) => ulimitBody(name, limit)),
  };
}

function nanoCpus(cpus: number | undefined): number | undefined {
  return cpus === undefined ? undefined : singlePrecision(cpus, 1e9);
}

/** The reference counts in 32-bit floats, and cuts the fraction off. */
function singlePrecision(value: number, factor: number): number {
  return Math.trunc(Math.fround(Math.fround(value) * factor));
}

function deviceBody({ source, target, permissions }: Device): DeviceBody {
  return { PathOnHost: source, PathInContainer: target, CgroupPermissions: permissions };
}

function isCdi({ source, target }: Device): boolean {
  return source === target && source !== undefined && CDI_DEVICE.test(source);
}

function deviceRequests(
  { devices = [], gpus = [] }: Service,
  reserved: readonly DeviceRequest[] = [],
): DeviceRequestBody[] {
  const names = devices.filter(isCdi).map(({ source }) => source!);
  return [
    ...reserved.map((request) => deviceRequestBody(request)),
    ...names.length === 0 ? [] : [{ Driver: "cdi", DeviceIDs: names }],
    ...gpus.map((request) => deviceRequestBody(request, "gpu")),
  ];
}

function deviceRequestBody(
  { capabilities = [], count, device_ids: ids, driver, options }: DeviceRequest,
  ...more: readonly string[]
): DeviceRequestBody {
  return {
    Driver: driver,
    Count: count,
    DeviceIDs: ids,
    Capabilities: [[...capabilities, ...more]],
    Options: options,
  };
}

function blkioOf(config: BlkioConfig | undefined): Partial<Resources> {
  if (config === undefined) return {};
  return {
    BlkioWeight: config.weight,
    BlkioWeightDevice: config.weight_device?.map(({ path = "", weight = 0 }) => ({
      Path: path,
      Weight: weight,
    })),
    BlkioDeviceReadBps: config.device_read_bps?.map(throttleBody),
    BlkioDeviceReadIOps: config.device_read_iops?.map(throttleBody),
    BlkioDeviceWriteBps: config.device_write_bps?.map(throttleBody),
    BlkioDeviceWriteIOps: config.device_write_iops?.map(throttleBody),
  };
}

function throttleBody({ path = "", rate = 0 }: ThrottleDevice): ThrottleDeviceBody {
  return { Path: path, Rate: rate };
}

function ulimitBody(name: string, limit: number | Ulimit): UlimitBody {
  if (typeof limit === "number") return { Name: name, Soft: limit, Hard: limit };
  return { Name: name, Soft: limit.soft ?? 0, Hard: limit.hard ?? 0 };
}
