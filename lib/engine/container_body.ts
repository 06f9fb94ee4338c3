/** A service of a Compose project as the body of the engine's "create container" call, as `docker compose` writes it. */
import { imageNameOf } from "../compose/image_name.ts";
import type { Project, Service, StringMap } from "../compose/project.ts";
import { ConfigurationError } from "../errors.ts";
import { checkContainerFeatures } from "./api_features.ts";
import type { ContainerCreation, HealthcheckBody, HostConfig } from "./body.ts";
import { linksOf, networking } from "./endpoints.ts";
import { type InheritedVolume, volumesOf } from "./mounts.ts";
import { exposedPorts, portBindings } from "./ports.ts";
import { resourcesOf } from "./resources.ts";
import { restartPolicy } from "./restart_policy.ts";
import { securityOptions } from "./security_options.ts";

const NANOSECONDS = 1e9;

export interface ContainerInput {
  readonly project: Project;
  /** References to other services are resolved. */
  readonly service: Service;
  readonly number: number;
  /** The name that it gets now: a temporary one while it replaces another container. */
  readonly containerName: string;
  readonly labels: StringMap;
  /** Absent: whatever the service's `image` is on this engine. */
  readonly imageId?: string | undefined;
  /** Anonymous volumes of the container that it replaces. */
  readonly inherited: readonly InheritedVolume[];
  /** Names of the containers of the services that `links` names. */
  readonly containersOf: (service: string) => readonly string[];
  /** The content of a seccomp profile. */
  readonly readProfile: (path: string) => string;
  readonly apiVersion: string;
}

export function containerBody(input: ContainerInput): ContainerCreation {
  const { project, service, containerName, labels, apiVersion } = input;
  checkContainerFeatures(service, apiVersion);
  const { mode, endpoints, macAddress } = networking(input);
  return {
    query: { name: containerName, platform: service.platform },
    body: {
      Hostname: service.hostname,
      Domainname: service.domainname,
      User: service.user,
      AttachStdout: true,
      AttachStderr: true,
      ExposedPorts: exposedPorts(service),
      Tty: service.tty,
      OpenStdin: service.stdin_open,
      Env: environmentOf(service),
      Cmd: service.command ?? undefined,
      Healthcheck: healthcheckOf(service),
      Image: input.imageId ?? imageNameOf(project, service),
      WorkingDir: service.working_dir,
      Entrypoint: service.entrypoint ?? undefined,
      NetworkDisabled: service.network_mode === "disabled" ? true : undefined,
      MacAddress: macAddress,
      Labels: labels,
      StopSignal: service.stop_signal,
      StopTimeout: service.stop_grace_period === undefined
        ? undefined
        : Math.trunc(service.stop_grace_period / NANOSECONDS),
      HostConfig: hostConfig(input, mode),
      NetworkingConfig: endpoints === undefined ? undefined : { EndpointsConfig: endpoints },
    },
  };
}

function hostConfig(input: ContainerInput, mode: string): HostConfig {
  const { project, service, inherited, readProfile } = input;
  const { binds, mounts } = volumesOf(project, service, inherited);
  return {
    ...resourcesOf(service),
    ...securityOptions(service, readProfile),
    Annotations: service.annotations,
    Binds: binds,
    Mounts: mounts,
    CapAdd: capabilities(service.cap_add),
    CapDrop: capabilities(service.cap_drop),
    NetworkMode: mode,
    Init: service.init,
    IpcMode: service.ipc,
    CgroupnsMode: service.cgroup,
    ReadonlyRootfs: service.read_only,
    RestartPolicy: restartPolicy(service),
    ShmSize: service.shm_size,
    Sysctls: service.sysctls,
    PortBindings: portBindings(service),
    VolumesFrom: service.volumes_from,
    Dns: service.dns,
    DnsSearch: service.dns_search,
    DnsOptions: service.dns_opt,
    ExtraHosts: extraHosts(service),
    StorageOpt: service.storage_opt,
    UsernsMode: service.userns_mode,
    UTSMode: service.uts,
    Privileged: service.privileged,
    PidMode: service.pid,
    Tmpfs: tmpfsOf(service),
    Isolation: service.isolation,
    Runtime: service.runtime,
    LogConfig: service.logging === undefined
      ? undefined
      : { Type: service.logging.driver, Config: service.logging.options },
    GroupAdd: service.group_add,
    Links: linksOf(input),
    OomScoreAdj: service.oom_score_adj,
  };
}

/** A name without a value takes the image's variable away. */
export function environmentOf({ environment = {} }: Pick<Service, "environment">): string[] {
  return Object.entries(environment).map(([name, value]) => value === null ? name : `${name}=${value}`);
}

function healthcheckOf({ name, healthcheck: check }: Service): HealthcheckBody | undefined {
  if (check === undefined) return undefined;
  if (check.start_interval !== undefined && check.start_period === undefined) {
    throw new ConfigurationError(
      `The health check of service ${name} has start_interval and no start_period, in which alone it counts`,
      { path: `services.${name}.healthcheck`, hint: "add `start_period`" },
    );
  }
  return {
    Test: check.disable === true ? ["NONE"] : check.test,
    Interval: check.interval,
    Timeout: check.timeout,
    StartPeriod: check.start_period,
    StartInterval: check.start_interval,
    Retries: check.retries,
  };
}

/** `net_admin` and `CAP_NET_ADMIN` are one. */
function capabilities(names: readonly string[] | undefined): string[] | undefined {
  const full = names?.map((name) => name.toUpperCase()).map((name) =>
    name === "ALL" || name.startsWith("CAP_") ? name : `CAP_${name}`
  );
  return full === undefined ? undefined : [...new Set(full)].sort();
}

function extraHosts({ extra_hosts: hosts = {} }: Service): string[] {
  return Object.entries(hosts).flatMap(([host, addresses]) =>
    addresses.map((address) => `${host}:${address}`)
  );
}

/** `path` or `path:options`. */
function tmpfsOf({ tmpfs }: Service): StringMap | undefined {
  if (tmpfs === undefined) return undefined;
  return Object.fromEntries(tmpfs.map((entry) => {
    const colon = entry.indexOf(":");
    return colon < 0 ? [entry, ""] : [entry.slice(0, colon), entry.slice(colon + 1)];
  }));
}
