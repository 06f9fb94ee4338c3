/** `cleanup`, by hand or when its time comes: what removing images is put together from. */
import { nextRun } from "../config/cron.ts";
import type { ValidConfig } from "../config/valid_config.ts";
import type { DockerEngine } from "../engine/client.ts";
import { cleanUp, type CleanupDependencies, type CleanupOptions } from "../reconcile/cleanup/cleanup.ts";
import type { CleanupReport } from "../reconcile/cleanup/cleanup_report.ts";
import { Timetable } from "../reconcile/loop/timetable.ts";
import { stateFileOf } from "./pass_state.ts";
import { journalOf, type PassContext, passDependencies } from "./pass.ts";

export async function runCleanup(
  config: ValidConfig,
  engine: DockerEngine,
  context: PassContext,
  options: CleanupOptions,
): Promise<CleanupReport> {
  return await cleanUp(cleanupDependencies(config, engine, context), options);
}

/** `undefined`: only by hand. */
export function cleanupTimetable({ cleanup }: ValidConfig): Timetable | undefined {
  const { schedule, timeZone } = cleanup;
  if (schedule === undefined) return undefined;
  return new Timetable((after) => nextRun(schedule, { timeZone, after }), () => new Date());
}

function cleanupDependencies(
  config: ValidConfig,
  engine: DockerEngine,
  context: PassContext,
): CleanupDependencies {
  const { repository, commits, loadHost, host, now } = passDependencies(config, engine, context);
  return {
    repository,
    ...(commits !== undefined && { commits }),
    loadHost,
    host,
    now,
    engine,
    journal: journalOf(config, context),
    images: config.cleanup.images,
    state: stateFileOf(config, context),
  };
}
