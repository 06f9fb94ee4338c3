/** Whether `homeport run` does what it is there for, told from outside. */

/** What can be seen of it without asking anybody. */
export interface RunStatus {
  /** Absent: none works in the data folder. */
  readonly run?: {
    readonly pid: number;
    /** RFC 3339. */
    readonly since: string;
  };
  /** RFC 3339: when the last pass ended, of whichever command. Absent: there was none. */
  readonly lastPass?: string;
  /** Why nothing can be seen. */
  readonly unknown?: string;
}

export interface Health extends RunStatus {
  readonly healthy: boolean;
  /** Why it is not; absent when it is. */
  readonly reason?: string;
}

export interface HealthLimits {
  /** Milliseconds between two looks at the repository. */
  readonly interval: number;
  /** Milliseconds that what takes longest may take: a pull, or the pause after failures. */
  readonly longest: number;
}

/** A pass that has not come, or does not end. Before the first one, the time counts from the start. */
export function judgeHealth(status: RunStatus, { interval, longest }: HealthLimits, now: Date): Health {
  const { run, lastPass } = status;
  if (run === undefined) return { ...status, healthy: false, reason: "homeport run does not run" };
  const limit = 3 * interval + longest;
  const since = Math.max(Date.parse(run.since), lastPass === undefined ? 0 : Date.parse(lastPass));
  if (now.getTime() - since <= limit) return { ...status, healthy: true };
  const ended = lastPass === undefined ? "no pass has ended" : `the last pass ended at ${lastPass}`;
  const minutes = Math.round(limit / 60_000);
  return {
    ...status,
    healthy: false,
    reason: `${ended}, and homeport run (pid ${run.pid}) should have ended one within ${minutes} minutes`,
  };
}
