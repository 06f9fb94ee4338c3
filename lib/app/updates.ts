/** Newer images: `updates` and `update` by hand, and those of `run` when their time comes. */
import { nextRun } from "../config/cron.ts";
import type { ValidConfig } from "../config/valid_config.ts";
import type { LoopOptions } from "../reconcile/loop/loop.ts";
import type { RegistryQuestions } from "../reconcile/ports.ts";
import { Timetable } from "../reconcile/loop/timetable.ts";
import type { UpdateFinder } from "../reconcile/updates.ts";
import { makeUpdateFinder } from "../updates/find_updates.ts";

/** For a person, who asks when it is time. */
export function updateFinder({ updates }: ValidConfig, registries: RegistryQuestions): UpdateFinder {
  return makeUpdateFinder({ registries, exclude: updates?.exclude ?? [] });
}

export function loopUpdates(
  { updates }: ValidConfig,
  registries: RegistryQuestions,
): Pick<LoopOptions, "updates"> {
  if (updates === undefined) return {};
  const { schedule, timeZone, jitter, mode, exclude } = updates;
  const onlyTold = mode === "notify" ? "updates.mode is notify" : undefined;
  return {
    updates: {
      timetable: new Timetable((after) => nextRun(schedule, { timeZone, after }), () => new Date()),
      jitter,
      finder: makeUpdateFinder({ registries, exclude, ...(onlyTold !== undefined && { onlyTold }) }),
    },
  };
}
