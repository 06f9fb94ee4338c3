/** What runs on a host, as the engine's labels tell, and why that is not all that Git says; and who sees to it. */
import type { RunStatus } from "./health.ts";
import type { Hold } from "../state/stack_state.ts";

export interface HostStatus extends RunStatus {
  readonly host: string;
  readonly instance: string;
  /** Stacks of this instance, sorted by name. */
  readonly stacks: readonly StackStatus[];
  /** Why a stack is not as Git says, by stack. Absent: that was not looked up. */
  readonly notes?: readonly StackNote[];
  /** Why no more is known. */
  readonly fault?: string;
  /** The maintenance window that is open. RFC 3339. */
  readonly window?: { readonly openedAt: string; readonly closesAt: string };
}

export interface StackNote {
  readonly stack: string;
  /**
   * `not-reached`: what was last asked for was begun, and did not come to a good end. `left`: there is something to do. `rejected`: an
   * image that a tag means did not run well, and the one from before runs.
   */
  readonly kind: "suspended" | "held" | "left" | "not-reached" | "rejected";
  readonly since: string;
  /** Of a suspension that ends by itself. */
  readonly until?: string;
  /** What a person gave for a suspension. */
  readonly reason?: string;
  readonly hold?: Hold["kind"];
  /** That was asked for. */
  readonly commit?: string;
  /** In words, with what ends it. */
  readonly text: string;
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
