/** The engine's list of containers tells exit codes and health in a text for people only. */
import type { ObservedContainer } from "../plan/observed.ts";

/** Of `Exited (137) 2 hours ago`. */
export function exitCodeOf(status: string): number | undefined {
  const code = /^Exited \((-?\d+)\)/.exec(status)?.[1];
  return code === undefined ? undefined : Number(code);
}

/** Of `Up 5 minutes (healthy)`, `(unhealthy)` or `(health: starting)`; nothing without a health check. */
export function healthOf(status: string): NonNullable<ObservedContainer["health"]> | undefined {
  switch (/\((healthy|unhealthy|health: starting)\)/.exec(status)?.[1]) {
    case "healthy":
      return "healthy";
    case "unhealthy":
      return "unhealthy";
    case "health: starting":
      return "starting";
    default:
      return undefined;
  }
}
