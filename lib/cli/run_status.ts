import type { RunStatus } from "../reconcile/status/health.ts";
import { formatTime } from "./wording.ts";

/** `homeport run is pid 12 since 2025-06-01 12:30, last pass 2025-06-02 08:15 (UTC)` */
export function formatRunStatus({ run, lastPass, unknown }: RunStatus): string {
  if (unknown !== undefined) return unknown;
  const who = run === undefined
    ? "homeport run does not run"
    : `homeport run is pid ${run.pid} since ${formatTime(run.since)}`;
  const last = lastPass === undefined ? "no pass yet" : `last pass ${formatTime(lastPass)}`;
  return `${who}, ${last}${run === undefined && lastPass === undefined ? "" : " (UTC)"}`;
}
