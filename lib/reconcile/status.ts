import type { RunStatus } from "./health.ts";

/** What runs on a host, as the engine's labels tell; and who sees to it, as the data folder does. */
export interface HostStatus extends RunStatus {
  readonly host: string;
  readonly instance: string;
  /** Stacks of this instance, sorted by name. */
  readonly stacks: readonly StackStatus[];
}

export interface StackStatus {
  readonly name: string;
  readonly project: string;
  /** The newest commit that one of its containers was deployed from. */
  readonly commit: string;
  /** RFC 3339: when the newest of its containers was deployed. */
  readonly deployedAt: string;
  /** `running`: all run and none is unhealthy. `completed`: all ended well. */
  readonly state: "running" | "starting" | "unhealthy" | "degraded" | "stopped" | "completed";
  readonly services: readonly ServiceStatus[];
}

export interface ServiceStatus {
  readonly service: string;
  readonly containerName: string;
  readonly image: string;
  readonly state: string;
  readonly publishedPorts: readonly string[];
}
