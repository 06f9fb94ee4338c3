/**
 * A stack's Compose files, loaded: every reference resolved, every short form long, every default filled in.
 *
 * Attributes carry Compose's own names. Units: sizes are bytes, durations nanoseconds, file modes plain numbers. An attribute that
 * is not set is absent, as it is for the `config-hash`.
 *
 * Source of the format: the Compose specification, https://github.com/compose-spec/compose-spec/blob/main/spec.md
 */
export interface Project {
  readonly name: string;
  /** Absolute path of the project folder. */
  readonly workingDir: string;
  /** Absolute paths of the Compose files, in the order of their merge. */
  readonly configFiles: readonly string[];
  /** Enabled services only: those without profiles, and those of the active ones. */
  readonly services: Readonly<Record<string, Service>>;
  /** Names of services that a profile disables. Their containers are no orphans. */
  readonly disabledServices: readonly string[];
  readonly networks: Readonly<Record<string, Network>>;
  /** Names of networks that the files declare and no enabled service uses. */
  readonly unusedNetworks: readonly string[];
  readonly volumes: Readonly<Record<string, Volume>>;
  readonly configs: Readonly<Record<string, FileObject>>;
  readonly secrets: Readonly<Record<string, FileObject>>;
  readonly models: Readonly<Record<string, Model>>;
}

export type StringMap = Readonly<Record<string, string>>;

export interface Service {
  readonly name: string;
  readonly profiles?: readonly string[];
  readonly annotations?: StringMap;
  readonly attach?: boolean;
  readonly develop?: Develop;
  /** How the service's image is made. Not part of the `config-hash`. */
  readonly build?: Build;
  readonly blkio_config?: BlkioConfig;
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly cgroup_parent?: string;
  readonly cgroup?: string;
  readonly cpu_count?: number;
  readonly cpu_percent?: number;
  readonly cpu_period?: number;
  readonly cpu_quota?: number;
  readonly cpu_rt_period?: number;
  readonly cpu_rt_runtime?: number;
  readonly cpus?: number;
  readonly cpuset?: string;
  readonly cpu_shares?: number;
  /** `null` or absent: the image's own; `[]`: none. */
  readonly command?: readonly string[] | null;
  readonly configs?: readonly FileReference[];
  readonly container_name?: string;
  readonly credential_spec?: CredentialSpec;
  readonly depends_on?: Readonly<Record<string, Dependency>>;
  readonly deploy?: Deploy;
  readonly device_cgroup_rules?: readonly string[];
  readonly devices?: readonly Device[];
  readonly dns?: readonly string[];
  readonly dns_opt?: readonly string[];
  readonly dns_search?: readonly string[];
  readonly domainname?: string;
  readonly entrypoint?: readonly string[] | null;
  readonly provider?: Provider;
  /** `env_file` and the environment, resolved. `null`: the image's variable of that name is removed. */
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly expose?: readonly string[];
  readonly external_links?: readonly string[];
  readonly extra_hosts?: Readonly<Record<string, readonly string[]>>;
  readonly group_add?: readonly string[];
  readonly gpus?: readonly DeviceRequest[];
  readonly hostname?: string;
  readonly healthcheck?: Healthcheck;
  readonly image?: string;
  readonly init?: boolean;
  readonly ipc?: string;
  readonly isolation?: string;
  /** `label_file` and the labels, resolved. */
  readonly labels?: StringMap;
  /** Absolute paths. */
  readonly label_file?: readonly string[];
  readonly links?: readonly string[];
  readonly logging?: Logging;
  readonly mem_limit?: number;
  readonly mem_reservation?: number;
  /** −1: unlimited. */
  readonly memswap_limit?: number;
  readonly mem_swappiness?: number;
  readonly mac_address?: string;
  readonly models?: Readonly<Record<string, ServiceModel | null>>;
  readonly network_mode?: string;
  readonly networks?: Readonly<Record<string, ServiceNetwork | null>>;
  readonly oom_kill_disable?: boolean;
  readonly oom_score_adj?: number;
  readonly pid?: string;
  readonly pids_limit?: number;
  readonly platform?: string;
  readonly ports?: readonly Port[];
  readonly privileged?: boolean;
  readonly pull_policy?: string;
  readonly read_only?: boolean;
  readonly restart?: string;
  readonly runtime?: string;
  readonly scale?: number;
  readonly secrets?: readonly FileReference[];
  readonly security_opt?: readonly string[];
  readonly shm_size?: number;
  readonly stdin_open?: boolean;
  readonly stop_grace_period?: number;
  readonly stop_signal?: string;
  readonly storage_opt?: StringMap;
  readonly sysctls?: StringMap;
  readonly tmpfs?: readonly string[];
  readonly tty?: boolean;
  readonly ulimits?: Readonly<Record<string, number | Ulimit>>;
  readonly use_api_socket?: boolean;
  readonly user?: string;
  readonly userns_mode?: string;
  readonly uts?: string;
  readonly volumes?: readonly Mount[];
  readonly volumes_from?: readonly string[];
  readonly working_dir?: string;
  /** Run in containers of their own before the first container of the service starts, one after the other. Of release 5. */
  readonly pre_start?: readonly PreStartHook[];
  /** Run inside a container right after its start, one after the other. */
  readonly post_start?: readonly Hook[];
  /** Run inside a running container right before it is stopped. */
  readonly pre_stop?: readonly Hook[];
}

export interface Hook {
  readonly command: readonly string[] | null;
  readonly user?: string;
  readonly privileged?: boolean;
  readonly working_dir?: string;
  /** `null`: the container's variable of that name is not passed on. */
  readonly environment?: Readonly<Record<string, string | null>>;
}

export interface PreStartHook extends Omit<Hook, "command"> {
  /** Default: the image's. */
  readonly command?: readonly string[] | null;
  /** Default: the service's. */
  readonly image?: string;
  readonly per_replica?: boolean;
}

export interface Build {
  /** An absolute path, or the URL of a Git repository or archive that the engine fetches. */
  readonly context?: string;
  /** Relative to the context, or absolute. */
  readonly dockerfile?: string;
  readonly dockerfile_inline?: string;
  readonly entitlements?: readonly string[];
  /** `null`: taken from the variables of the stack, and left out where there is none. */
  readonly args?: Readonly<Record<string, string | null>>;
  readonly provenance?: string;
  readonly sbom?: string;
  /** Names of SSH agents and keys, and their paths; empty: the agent of whoever builds. */
  readonly ssh?: StringMap;
  readonly labels?: StringMap;
  readonly cache_from?: readonly string[];
  readonly cache_to?: readonly string[];
  readonly no_cache?: boolean;
  /** Absolute paths, URLs, `docker-image://…` or `service:…`. */
  readonly additional_contexts?: StringMap;
  readonly pull?: boolean;
  readonly extra_hosts?: Readonly<Record<string, readonly string[]>>;
  readonly isolation?: string;
  readonly network?: string;
  readonly target?: string;
  readonly secrets?: readonly FileReference[];
  readonly shm_size?: number;
  /** Further names of the image. */
  readonly tags?: readonly string[];
  readonly ulimits?: Readonly<Record<string, number | Ulimit>>;
  readonly platforms?: readonly string[];
  readonly privileged?: boolean;
}

export type Condition = "service_started" | "service_healthy" | "service_completed_successfully";

export interface Dependency {
  readonly condition: Condition;
  readonly restart?: boolean;
  readonly required: boolean;
}

/** Followed by `docker compose watch` alone. */
export interface Develop {
  readonly watch?: readonly WatchTrigger[];
}

export interface WatchTrigger {
  readonly path?: string;
  readonly action?: string;
  readonly target?: string;
  readonly exec?: WatchCommand;
  readonly include?: readonly string[];
  readonly ignore?: readonly string[];
  readonly initial_sync?: boolean;
}

export interface WatchCommand {
  readonly command?: readonly string[] | null;
  readonly user?: string;
  readonly privileged?: boolean;
  readonly working_dir?: string;
  readonly environment?: Readonly<Record<string, string | null>>;
}

export interface Deploy {
  readonly mode?: string;
  readonly replicas?: number;
  readonly labels?: StringMap;
  readonly update_config?: UpdateConfig;
  readonly rollback_config?: UpdateConfig;
  readonly resources?: {
    readonly limits?: Resource;
    readonly reservations?: Resource;
  };
  readonly restart_policy?: RestartPolicy;
  readonly placement?: {
    readonly constraints?: readonly string[];
    readonly preferences?: readonly { readonly spread?: string }[];
    readonly max_replicas_per_node?: number;
  };
  readonly endpoint_mode?: string;
}

export interface UpdateConfig {
  readonly parallelism?: number;
  readonly delay?: number;
  readonly failure_action?: string;
  readonly monitor?: number;
  readonly max_failure_ratio?: number;
  readonly order?: string;
}

export interface Resource {
  /** Number of CPUs, such as 0.5. */
  readonly cpus?: number;
  readonly memory?: number;
  readonly pids?: number;
  readonly devices?: readonly DeviceRequest[];
  readonly generic_resources?: readonly GenericResource[];
}

/** Devices that the engine finds by itself, such as GPUs. */
export interface DeviceRequest {
  readonly capabilities?: readonly string[];
  readonly driver?: string;
  /** −1: all. */
  readonly count?: number;
  readonly device_ids?: readonly string[];
  readonly options?: StringMap;
}

/** For swarms only. */
export interface GenericResource {
  readonly discrete_resource_spec?: { readonly kind?: string; readonly value?: number };
}

/** Shares and limits of block devices. */
export interface BlkioConfig {
  readonly weight?: number;
  readonly weight_device?: readonly WeightDevice[];
  /** Bytes a second. */
  readonly device_read_bps?: readonly ThrottleDevice[];
  /** Operations a second. */
  readonly device_read_iops?: readonly ThrottleDevice[];
  readonly device_write_bps?: readonly ThrottleDevice[];
  readonly device_write_iops?: readonly ThrottleDevice[];
}

export interface WeightDevice {
  readonly path?: string;
  readonly weight?: number;
}

export interface ThrottleDevice {
  readonly path?: string;
  readonly rate?: number;
}

/** For Windows in a swarm only. */
export interface CredentialSpec {
  readonly config?: string;
  readonly file?: string;
  readonly registry?: string;
}

export interface RestartPolicy {
  readonly condition?: string;
  readonly delay?: number;
  readonly max_attempts?: number;
  readonly window?: number;
}

export interface Device {
  readonly source?: string;
  readonly target?: string;
  readonly permissions?: string;
}

export interface Healthcheck {
  readonly test?: readonly string[];
  readonly timeout?: number;
  readonly interval?: number;
  readonly retries?: number;
  readonly start_period?: number;
  readonly start_interval?: number;
  readonly disable?: boolean;
}

export interface Logging {
  readonly driver?: string;
  readonly options?: StringMap;
}

export interface ServiceNetwork {
  readonly aliases?: readonly string[];
  readonly driver_opts?: StringMap;
  readonly gw_priority?: number;
  readonly interface_name?: string;
  readonly ipv4_address?: string;
  readonly ipv6_address?: string;
  readonly link_local_ips?: readonly string[];
  readonly mac_address?: string;
  readonly priority?: number;
}

export interface Port {
  readonly name?: string;
  readonly mode?: string;
  readonly host_ip?: string;
  readonly target?: number;
  /** A port, or a range `8000-8005` of which the engine takes one. */
  readonly published?: string;
  readonly protocol?: string;
  readonly app_protocol?: string;
}

/** One entry of a service's `volumes`. */
export interface Mount {
  readonly type?: string;
  readonly source?: string;
  readonly target?: string;
  readonly read_only?: boolean;
  readonly consistency?: string;
  readonly bind?: {
    readonly selinux?: string;
    readonly propagation?: string;
    /** `false` is the same as absent. */
    readonly create_host_path?: boolean;
    readonly recursive?: string;
  };
  readonly volume?: { readonly labels?: StringMap; readonly nocopy?: boolean; readonly subpath?: string };
  readonly tmpfs?: { readonly size?: number; readonly mode?: number };
  readonly image?: { readonly subpath?: string };
}

export interface Ulimit {
  readonly soft?: number;
  readonly hard?: number;
}

/** A service's use of a config or a secret. */
export interface FileReference {
  readonly source?: string;
  readonly target?: string;
  readonly uid?: string;
  readonly gid?: string;
  readonly mode?: number;
}

/** A top-level config or secret. */
export interface FileObject {
  readonly name?: string;
  /** Absolute path. */
  readonly file?: string;
  /** Name of the variable that holds the content. */
  readonly environment?: string;
  /** The content itself: as written, or looked up in the environment. */
  readonly content?: string;
  readonly external?: boolean;
  readonly labels?: StringMap;
  readonly driver?: string;
  readonly driver_opts?: StringMap;
  readonly template_driver?: string;
}

/** A language model that a plugin of `docker` runs. */
export interface Model {
  readonly name?: string;
  readonly model?: string;
  readonly context_size?: number;
  readonly runtime_flags?: readonly string[];
}

/** A service's use of a model. */
export interface ServiceModel {
  readonly endpoint_var?: string;
  readonly model_var?: string;
}

/** A program that stands for the service's containers. */
export interface Provider {
  readonly type?: string;
  readonly options?: Readonly<Record<string, readonly string[]>>;
}

export interface Network {
  /** The engine's name for it: `<project>_<key>` unless the file says otherwise. */
  readonly name: string;
  readonly driver?: string;
  readonly driver_opts?: StringMap;
  readonly ipam?: Ipam;
  readonly external?: boolean;
  readonly internal?: boolean;
  readonly attachable?: boolean;
  readonly labels?: StringMap;
  readonly enable_ipv4?: boolean;
  readonly enable_ipv6?: boolean;
}

export interface Ipam {
  readonly driver?: string;
  readonly config?: readonly IpamPool[];
  /** Without effect. */
  readonly options?: StringMap;
}

export interface IpamPool {
  readonly subnet?: string;
  readonly gateway?: string;
  readonly ip_range?: string;
  readonly aux_addresses?: StringMap;
}

export interface Volume {
  /** The engine's name for it: `<project>_<key>` unless the file says otherwise. */
  readonly name: string;
  readonly driver?: string;
  readonly driver_opts?: StringMap;
  readonly external?: boolean;
  readonly labels?: StringMap;
}
