/** Puts the concrete parts together. What a command does not need is not loaded: `version` and `check` never see Docker or Git. */
import { type ProcessEnvironment, processEnvironment } from "./app/environment.ts";
import { Frame } from "./app/frame.ts";
import { getHost } from "./app/get_host.ts";
import type { App } from "./cli/app.ts";
import type { Config } from "./config/config.ts";
import { Redactor } from "./secret.ts";
import { VERSION } from "./version.ts";

export type { ProcessEnvironment } from "./app/environment.ts";

export interface AppOptions {
  /** What the process is started with, of which only what is named there is read. Default: the process's own environment. */
  readonly environment?: ProcessEnvironment;
}

/** Whoever looks whether there is a run holds its lock for a moment. */
const RUN_LOCK_WAIT = 300;

export function createApp(config: Config, { environment = processEnvironment() }: AppOptions = {}): App {
  const redactor = new Redactor();
  const frame = new Frame(config, environment, redactor);
  return {
    version: VERSION,
    config,
    hostname: () => Deno.hostname(),
    check: async (options) => {
      const { check } = await import("./app/check.ts");
      return check(await frame.validate(), options, environment);
    },
    showConfig: async (options) => {
      const { showFolder, showStack } = await import("./app/show.ts");
      const { source } = options;
      if (source.kind === "folder") return showFolder(options, source, environment);
      return await frame.withSecrets(
        "config",
        source,
        (valid, context) => showStack(valid, options, source, context),
      );
    },
    plan: (options) =>
      frame.withPass("plan", options, async (pass) => {
        const { planPass } = await import("./reconcile/plan_pass.ts");
        const { besidePlan } = await import("./reconcile/status/status_state.ts");
        const { plan, commit, state } = await planPass(pass, { ...options, byPerson: true });
        const { maintenanceWindows: windows } = getHost(await frame.validate(), options.host);
        const notes = besidePlan({ state, suspensions: {}, windows, now: new Date() }, options.stack);
        return { plan, commit, ...notes };
      }),
    apply: (options) =>
      frame.withNews("apply", options, async (pass, _engine, _config, watched) => {
        const { runRecordedPass } = await import("./reconcile/history/record_pass.ts");
        return await runRecordedPass(pass, { ...watched, trigger: "apply", byPerson: true });
      }),
    updates: (options) =>
      frame.withPass("updates", options, async (pass, registries, valid) => {
        const { updateFinder } = await import("./app/updates.ts");
        const { planPass } = await import("./reconcile/plan_pass.ts");
        const { commit, updates } = await planPass(pass, {
          ...options,
          updates: updateFinder(valid, registries),
        });
        return { commit, findings: updates! };
      }),
    update: (options) =>
      frame.withNews("update", options, async (pass, registries, valid, watched) => {
        const { updateFinder } = await import("./app/updates.ts");
        const { runRecordedPass } = await import("./reconcile/history/record_pass.ts");
        const updates = updateFinder(valid, registries);
        return await runRecordedPass(pass, { ...watched, trigger: "update", updates });
      }),
    rollBack: (options) =>
      frame.withPass("rollback", { ...options, offline: true }, async (pass) => {
        const { rollBackByHand } = await import("./reconcile/rollback/roll_back_by_hand.ts");
        return await rollBackByHand(pass, options);
      }),
    run: async (options) => {
      const valid = await frame.validate();
      getHost(valid, options.host);
      const { lockDataDir } = await import("./repository/lock.ts");
      using _lock = await lockDataDir(valid.dataDir, {
        kind: "run",
        command: `run --host ${options.host}`,
        wait: RUN_LOCK_WAIT,
        signal: options.signal,
      });
      const { runLoop } = await import("./app/run.ts");
      await runLoop(valid, options, { environment, redactor, frame });
    },
    testNotifications: async ({ host, signal }) => {
      const valid = await frame.validate();
      getHost(valid, host);
      const { newNotifier } = await import("./app/notifications.ts");
      return await newNotifier(valid, { host, signal, redactor, onWarning: () => {} }).test(signal);
    },
    cleanup: (options) =>
      frame.withEngine("cleanup", options, async (...given) => {
        const { runCleanup } = await import("./app/cleanup.ts");
        return await runCleanup(...given, { ...options, trigger: "cleanup" });
      }),
    status: async ({ host, signal }) => {
      const valid = await frame.validate();
      const { instance, maintenanceWindows: windows } = getHost(valid, host);
      const { findRunStatus } = await import("./app/run_status.ts");
      const { statusOf } = await import("./reconcile/status/status_of.ts");
      const { withState } = await import("./reconcile/status/status_state.ts");
      const { stateFileOf } = await import("./app/pass_state.ts");
      const store = stateFileOf(valid, { host, redactor });
      const engine = await frame.connect();
      try {
        const status = statusOf(await engine.observe([], signal), { host, instance });
        const [state, suspensions] = [store.read(), store.suspensions()];
        const fault = store.fault();
        return {
          ...withState(status, { state, suspensions, windows, now: new Date() }),
          ...findRunStatus(valid),
          ...(fault !== undefined && { fault }),
        };
      } finally {
        engine.close();
      }
    },
    health: async () => {
      const { health } = await import("./app/run_status.ts");
      return health(await frame.validate());
    },
    history: async (options) => {
      const valid = await frame.validate();
      getHost(valid, options.host);
      const { findHistory } = await import("./journal/read.ts");
      return { dataDir: valid.dataDir, history: findHistory(valid.dataDir, options) };
    },
    suspend: async (options) => {
      const valid = await frame.validate();
      getHost(valid, options.host);
      const { suspend } = await import("./app/suspend.ts");
      return suspend(valid, options);
    },
    resume: async (options) => {
      const valid = await frame.validate();
      getHost(valid, options.host);
      const { resume } = await import("./app/suspend.ts");
      const { onWait } = options;
      return await resume(
        valid,
        options,
        () => frame.lock(valid, "resume", { ...options, onEvent: ({ holder }) => onWait(holder) }),
      );
    },
    secrets: async (options) => {
      const { showSecrets } = await import("./app/show.ts");
      return await frame.withSecrets(
        "secrets",
        options,
        (valid, context) => showSecrets(valid, options, context),
      );
    },
    redact: (text) => redactor.redact(text),
  };
}
