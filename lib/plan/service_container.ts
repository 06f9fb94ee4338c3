/** A container of a stack as the health gate sees it: more than the engine's lists tell. */
import type { ContainerState } from "./observed.ts";

export interface ServiceContainer {
  readonly id: string;
  /** Without the leading slash. */
  readonly name: string;
  readonly service: string;
  readonly state: ContainerState;
  /** Of its last end; 0 where it never ended. */
  readonly exitCode: number;
  /** RFC 3339; the year 1 stands for never. */
  readonly startedAt: string;
  /** How often the engine started it again by itself. */
  readonly restartCount: number;
  /** Only when it has a health check and runs. */
  readonly health?: "starting" | "healthy" | "unhealthy";
  readonly restart: RestartPolicy;
}

export interface RestartPolicy {
  readonly name: "no" | "always" | "unless-stopped" | "on-failure";
  /** Of `on-failure`; 0: as often as it takes. */
  readonly retries: number;
}
