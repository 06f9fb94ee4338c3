import type { Device, Resource, Service, Ulimit } from "../compose/project.ts";
import type { DeviceBody, DeviceRequest, Resources, UlimitBody } from "./body.ts";

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
    DeviceRequests: cdiRequests(service.devices ?? []),
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

function cdiRequests(devices: readonly Device[]): DeviceRequest[] | undefined {
  const names = devices.filter(isCdi).map(({ source }) => source!);
  return names.length === 0 ? undefined : [{ Driver: "cdi", DeviceIDs: names }];
}

function ulimitBody(name: string, limit: number | Ulimit): UlimitBody {
  if (typeof limit === "number") return { Name: name, Soft: limit, Hard: limit };
  return { Name: name, Soft: limit.soft ?? 0, Hard: limit.hard ?? 0 };
}
