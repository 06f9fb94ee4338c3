/** Times in which nothing new is deployed. Pure: it is told what time it is. */
import { nextRun } from "../../config/cron.ts";
import type { ValidWindow } from "../../config/valid_config.ts";

export interface OpenWindow {
  readonly openedAt: Date;
  /** When none is open any more, as far as can be seen. */
  readonly closesAt: Date;
}

/** Windows that touch or overlap count as one, up to so many: some never close. */
const MOST_JOINED = 100;

/** The window that is open, or nothing. It is open from its first moment, and closed from its last. */
export function openWindow(windows: readonly ValidWindow[], now: Date): OpenWindow | undefined {
  const open = windows.flatMap((window) => findOpening(window, now) ?? []);
  if (open.length === 0) return undefined;
  const openedAt = new Date(Math.min(...open.map(({ at }) => at)));
  let closesAt = Math.max(...open.map(({ at, duration }) => at + duration));
  for (let joined = 0; joined < MOST_JOINED; joined++) {
    const next = windows.flatMap((window) => findOpening(window, new Date(closesAt)) ?? [])
      .map(({ at, duration }) => at + duration);
    if (next.length === 0) break;
    closesAt = Math.max(...next);
  }
  return { openedAt, closesAt: new Date(closesAt) };
}

/** The first time that the window opened so that it is still open. */
function findOpening(
  { cron, duration, timeZone }: ValidWindow,
  now: Date,
): { readonly at: number; readonly duration: number } | undefined {
  const at = nextRun(cron, { timeZone, after: new Date(now.getTime() - duration) })?.getTime();
  return at === undefined || at > now.getTime() ? undefined : { at, duration };
}
