/** `run`: the loop over one host, with everything that it needs for as long as it lives. */
import type { RunOptions } from "../cli/app.ts";
import type { ValidConfig } from "../config/valid_config.ts";
import { Loop } from "../reconcile/loop/loop.ts";
import type { LoopEvent } from "../reconcile/loop/loop_events.ts";
import { openWindow } from "../reconcile/loop/maintenance_window.ts";
import { lockDataDir, TURN_FILE } from "../repository/lock.ts";
import type { Redactor } from "../secret.ts";
import { DataFolderWatch } from "../state/state_watch.ts";
import { SYSTEM_CLOCK } from "./clock.ts";
import { cleanupTimetable, runCleanup } from "./cleanup.ts";
import { HostCache } from "../stacks/host_cache.ts";
import type { ProcessEnvironment } from "./environment.ts";
import type { Frame } from "./frame.ts";
import { getHost } from "./get_host.ts";
import { loopUpdates } from "./updates.ts";
import { passDependencies } from "./pass.ts";
import { PassSecrets } from "./pass_secrets.ts";
import { spareMemory } from "./spare_memory.ts";

export interface RunContext {
  readonly environment: ProcessEnvironment;
  readonly redactor: Redactor;
  readonly frame: Frame;
}

export async function runLoop(
  config: ValidConfig,
  { host, signal, onEvent, onLoop }: RunOptions,
  { environment, redactor, frame }: RunContext,
): Promise<void> {
  using memory = spareMemory();
  const { maintenanceWindows } = getHost(config, host);
  let secrets = new PassSecrets(config, host, signal);
  const news = config.notifications.length === 0
    ? undefined
    : (await import("./notifications.ts")).newNews(config, {
      host,
      redactor,
      onWarning: (message) => onEvent({ kind: "notification-warning", message }),
    });
  const engine = await frame.connect({
    credentialsFor: (registry) => secrets.credentialsFor(registry, redactor),
  });
  const cache = new HostCache();
  const contextFor = (passSignal: AbortSignal) => {
    // Every pass asks the providers anew.
    secrets = new PassSecrets(config, host, passSignal);
    return { host, environment, redactor, secrets, cache };
  };
  const timetable = cleanupTimetable(config);
  try {
    const loop = new Loop({
      host,
      interval: config.poll.interval,
      engine,
      dependencies: (passSignal) => passDependencies(config, engine, contextFor(passSignal)),
      ...(timetable !== undefined && {
        cleanup: {
          timetable,
          run: async (own) => {
            const options = { dryRun: false, trigger: "schedule", signal: own, onEvent } as const;
            await runCleanup(config, engine, contextFor(own), options);
          },
        },
      }),
      clock: SYSTEM_CLOCK,
      today: () => new Date(),
      findWindow: (now) => openWindow(maintenanceWindows, now),
      lock: (passSignal) =>
        lockDataDir(config.dataDir, {
          command: `run --host ${host}`,
          wait: true,
          onWait: (holder) => onEvent({ kind: "waiting", holder }),
          signal: passSignal,
        }),
      watch: new DataFolderWatch(config.dataDir, host, TURN_FILE),
      random: Math.random,
      ...loopUpdates(config, engine),
      onEvent: (event: LoopEvent) => {
        memory.hear(event);
        onEvent(event);
        news?.hearLoop(event);
      },
    });
    onLoop(loop);
    await loop.run(signal);
  } finally {
    engine.close();
    await news?.close();
  }
}
