/** `health`, and what `status` says of `run`: read from the data folder, without the engine or the network. */
import { join } from "node:path";
import type { ValidConfig } from "../config/valid_config.ts";
import { HomeportError, messageOf } from "../errors.ts";
import { findTime, JOURNAL_FILE } from "../journal/journal.ts";
import { LONGEST_PAUSE } from "../reconcile/loop/backoff.ts";
import { type Health, judgeHealth, type RunStatus } from "../reconcile/status/health.ts";
import { findRun } from "../repository/find_run.ts";

export function health(config: ValidConfig): Health {
  const { poll, deploy } = config;
  const longest = Math.max(LONGEST_PAUSE, deploy.pullTimeout, deploy.waitTimeout);
  return judgeHealth(runStatus(config), { interval: poll.interval, longest }, new Date());
}

function runStatus({ dataDir }: ValidConfig): RunStatus {
  try {
    const run = findRun(dataDir);
    const lastPass = findTime(join(dataDir, JOURNAL_FILE));
    return {
      ...(run !== undefined && { run }),
      ...(lastPass !== undefined && { lastPass: lastPass.toISOString() }),
    };
  } catch (cause) {
    const reason = messageOf(cause);
    throw new HomeportError(`Cannot see in the data folder ${dataDir} whether homeport run runs: ${reason}`, {
      hint: "run this as the user of homeport run, or let others read that folder",
      cause,
    });
  }
}

/** For those who want to see more than this. */
export function findRunStatus(config: ValidConfig): RunStatus {
  try {
    return runStatus(config);
  } catch (error) {
    return { unknown: messageOf(error) };
  }
}
