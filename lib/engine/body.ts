/** The parts of the Engine API's request bodies that Homeport fills in. An absent field is the engine's default. */
import type { StringMap } from "../compose/project.ts";

export interface ContainerCreation {
  readonly query: { readonly name: string; readonly platform: string | undefined };
  readonly body: ContainerBody;
}

export interface ContainerBody {
  readonly Hostname?: string | undefined;
  readonly Domainname?: string | undefined;
  readonly User?: string | undefined;
  readonly AttachStdout: boolean;
  readonly AttachStderr: boolean;
  readonly ExposedPorts: Readonly<Record<string, Record<string, never>>>;
  readonly Tty?: boolean | undefined;
  readonly OpenStdin?: boolean | undefined;
  readonly Env: readonly string[];
  readonly Cmd?: readonly string[] | undefined;
  readonly Healthcheck?: HealthcheckBody | undefined;
  readonly Image: string;
  readonly WorkingDir?: string | undefined;
  readonly Entrypoint?: readonly string[] | undefined;
  readonly NetworkDisabled?: boolean | undefined;
  /** Before API 1.44, which has it at the endpoints. */
  readonly MacAddress?: string | undefined;
  readonly Labels: StringMap;
  readonly StopSignal?: string | undefined;
  /** Seconds. */
  readonly StopTimeout?: number | undefined;
  readonly HostConfig: HostConfig;
  readonly NetworkingConfig?: { readonly EndpointsConfig: Readonly<Record<string, Endpoint>> } | undefined;
}

/** Durations are nanoseconds. */
export interface HealthcheckBody {
  readonly Test?: readonly string[] | undefined;
  readonly Interval?: number | undefined;
  readonly Timeout?: number | undefined;
  readonly StartPeriod?: number | undefined;
  readonly StartInterval?: number | undefined;
  readonly Retries?: number | undefined;
}

export interface HostConfig extends Resources {
  readonly Annotations?: StringMap | undefined;
  readonly Binds: readonly string[];
  readonly Mounts: readonly MountBody[];
  readonly CapAdd?: readonly string[] | undefined;
  readonly CapDrop?: readonly string[] | undefined;
  readonly NetworkMode: string;
  readonly Init?: boolean | undefined;
  readonly IpcMode?: string | undefined;
  readonly CgroupnsMode?: string | undefined;
  readonly ReadonlyRootfs?: boolean | undefined;
  readonly RestartPolicy?: RestartPolicyBody | undefined;
  readonly ShmSize?: number | undefined;
  readonly Sysctls?: StringMap | undefined;
  readonly PortBindings: Readonly<Record<string, readonly PortBinding[]>>;
  readonly VolumesFrom?: readonly string[] | undefined;
  readonly Dns?: readonly string[] | undefined;
  readonly DnsSearch?: readonly string[] | undefined;
  readonly DnsOptions?: readonly string[] | undefined;
  readonly ExtraHosts: readonly string[];
  readonly SecurityOpt: readonly string[];
  readonly MaskedPaths?: readonly string[] | undefined;
  readonly ReadonlyPaths?: readonly string[] | undefined;
  readonly StorageOpt?: StringMap | undefined;
  readonly UsernsMode?: string | undefined;
  readonly UTSMode?: string | undefined;
  readonly Privileged?: boolean | undefined;
  readonly PidMode?: string | undefined;
  readonly Tmpfs?: StringMap | undefined;
  readonly Isolation?: string | undefined;
  readonly Runtime?: string | undefined;
  readonly LogConfig?:
    | { readonly Type?: string | undefined; readonly Config?: StringMap | undefined }
    | undefined;
  readonly GroupAdd?: readonly string[] | undefined;
  readonly Links: readonly string[];
  readonly OomScoreAdj?: number | undefined;
}

export interface Resources {
  readonly CgroupParent?: string | undefined;
  readonly Memory?: number | undefined;
  readonly MemorySwap?: number | undefined;
  readonly MemorySwappiness?: number | undefined;
  readonly MemoryReservation?: number | undefined;
  readonly OomKillDisable: boolean;
  readonly CpuCount?: number | undefined;
  readonly CpuPercent?: number | undefined;
  readonly CpuPeriod?: number | undefined;
  readonly CpuQuota?: number | undefined;
  readonly CpuRealtimePeriod?: number | undefined;
  readonly CpuRealtimeRuntime?: number | undefined;
  readonly CpuShares?: number | undefined;
  readonly NanoCpus?: number | undefined;
  readonly CpusetCpus?: string | undefined;
  readonly DeviceCgroupRules?: readonly string[] | undefined;
  readonly PidsLimit?: number | undefined;
  readonly BlkioWeight?: number | undefined;
  readonly BlkioWeightDevice?: readonly WeightDeviceBody[] | undefined;
  readonly BlkioDeviceReadBps?: readonly ThrottleDeviceBody[] | undefined;
  readonly BlkioDeviceReadIOps?: readonly ThrottleDeviceBody[] | undefined;
  readonly BlkioDeviceWriteBps?: readonly ThrottleDeviceBody[] | undefined;
  readonly BlkioDeviceWriteIOps?: readonly ThrottleDeviceBody[] | undefined;
  readonly Devices: readonly DeviceBody[];
  readonly DeviceRequests?: readonly DeviceRequestBody[] | undefined;
  readonly Ulimits: readonly UlimitBody[];
}

export interface DeviceBody {
  readonly PathOnHost?: string | undefined;
  readonly PathInContainer?: string | undefined;
  readonly CgroupPermissions?: string | undefined;
}

/** Devices that a driver of the engine finds. */
export interface DeviceRequestBody {
  readonly Driver?: string | undefined;
  /** −1: all. */
  readonly Count?: number | undefined;
  readonly DeviceIDs?: readonly string[] | undefined;
  /** Of each list one is enough. */
  readonly Capabilities?: readonly (readonly string[])[] | undefined;
  readonly Options?: StringMap | undefined;
}

export interface WeightDeviceBody {
  readonly Path: string;
  readonly Weight: number;
}

export interface ThrottleDeviceBody {
  readonly Path: string;
  readonly Rate: number;
}

export interface UlimitBody {
  readonly Name: string;
  readonly Soft: number;
  readonly Hard: number;
}

export interface RestartPolicyBody {
  readonly Name: string;
  readonly MaximumRetryCount: number;
}

export interface PortBinding {
  readonly HostIp?: string | undefined;
  readonly HostPort?: string | undefined;
}

export interface MountBody {
  readonly Type: string;
  readonly Source?: string | undefined;
  readonly Target: string;
  readonly ReadOnly?: boolean | undefined;
  readonly Consistency?: string | undefined;
  readonly BindOptions?: {
    readonly Propagation?: string | undefined;
    readonly CreateMountpoint?: boolean | undefined;
    readonly NonRecursive?: boolean | undefined;
    readonly ReadOnlyNonRecursive?: boolean | undefined;
    readonly ReadOnlyForceRecursive?: boolean | undefined;
  } | undefined;
  readonly VolumeOptions?: {
    readonly NoCopy?: boolean | undefined;
    readonly Subpath?: string | undefined;
    readonly Labels?: StringMap | undefined;
  } | undefined;
  readonly TmpfsOptions?: {
    readonly SizeBytes?: number | undefined;
    readonly Mode?: number | undefined;
  } | undefined;
  readonly ImageOptions?: { readonly Subpath?: string | undefined } | undefined;
}

/** How a container is attached to a network. */
export interface Endpoint {
  readonly Aliases: readonly string[];
  readonly Links: readonly string[];
  readonly IPAMConfig?: {
    readonly IPv4Address?: string | undefined;
    readonly IPv6Address?: string | undefined;
    readonly LinkLocalIPs?: readonly string[] | undefined;
  } | undefined;
  readonly MacAddress?: string | undefined;
  readonly DriverOpts?: StringMap | undefined;
  readonly GwPriority?: number | undefined;
}

export interface NetworkBody {
  readonly Name: string;
  /** Without it an older engine makes a second network of the same name. */
  readonly CheckDuplicate?: true | undefined;
  readonly Driver?: string | undefined;
  readonly Options?: StringMap | undefined;
  readonly Internal?: boolean | undefined;
  readonly Attachable?: boolean | undefined;
  readonly EnableIPv4?: boolean | undefined;
  readonly EnableIPv6?: boolean | undefined;
  readonly IPAM?:
    | { readonly Driver?: string | undefined; readonly Config: readonly IpamConfig[] }
    | undefined;
  readonly Labels: StringMap;
}

export interface IpamConfig {
  readonly Subnet?: string | undefined;
  readonly IPRange?: string | undefined;
  readonly Gateway?: string | undefined;
  readonly AuxiliaryAddresses?: StringMap | undefined;
}

export interface VolumeBody {
  readonly Name: string;
  readonly Driver?: string | undefined;
  readonly DriverOpts?: StringMap | undefined;
  readonly Labels: StringMap;
}
