/** Puts the concrete parts together. What a command does not need is not loaded: `version` and `check` never see Docker or Git. */
import { type ProcessEnvironment, processEnvironment } from "./app/environment.ts";
import { getHost } from "./app/get_host.ts";
import type { PassContext } from "./app/pass.ts";
import type { App, ApplyOptions, PassOptions } from "./cli/app.ts";
import type { Config } from "./config/config.ts";
import type { ValidConfig } from "./config/valid_config.ts";
import type { ConnectOptions, DockerEngine } from "./engine/client.ts";
import type { PassDependencies } from "./reconcile/pass.ts";
import type { ApplyReport } from "./reconcile/report.ts";
import { Redactor } from "./secret.ts";
import { VERSION } from "./version.ts";

export type { ProcessEnvironment } from "./app/environment.ts";

export interface AppOptions {
  /** What the process is started with, of which only what is named there is read. Default: the process's own environment. */
  readonly environment?: ProcessEnvironment;
}

interface LockOptions extends Pick<PassOptions, "host" | "signal"> {
  /** A method, so that whoever listens for more may listen for this. */
  onEvent?(event: { readonly kind: "waiting"; readonly holder: string }): void;
}

/** They change what runs, or what is to run: they do not wait until the stacks of a `homeport run` are well. */
const URGENT = ["apply", "update", "rollback", "resume"];

/** How long a command waits for another one in the same data folder, in milliseconds. */
const LOCK_WAIT = 30 * 60_000;

/** Whoever looks whether there is a run holds its lock for a moment. */
const RUN_LOCK_WAIT = 300;

export function createApp(config: Config, { environment = processEnvironment() }: AppOptions = {}): App {
  const redactor = new Redactor();
  /** For a command that reads the repository and asks the secrets providers. */
  const withSecrets = async <Result>(
    command: string,
    options: LockOptions,
    task: (config: ValidConfig, context: PassContext) => Promise<Result>,
  ): Promise<Result> => {
    const valid = await validate(config);
    using _lock = await lock(valid, command, options);
    const { host, signal } = options;
    const { PassSecrets } = await import("./app/pass_secrets.ts");
    return await task(valid, { host, environment, redactor, secrets: new PassSecrets(valid, host, signal) });
  };
  /** For a command that sees the engine, too. */
  const withEngine = async <Result>(
    command: string,
    options: LockOptions,
    task: (config: ValidConfig, engine: DockerEngine, context: PassContext) => Promise<Result>,
  ): Promise<Result> =>
    await withSecrets(command, options, async (valid, context) => {
      const engine = await connect(environment, {
        credentialsFor: (registry) => context.secrets.credentialsFor(registry, redactor),
      });
      try {
        return await task(valid, engine, context);
      } finally {
        engine.close();
      }
    });
  const withPass = async <Result>(
    command: string,
    options: PassOptions,
    task: (dependencies: PassDependencies, engine: DockerEngine, config: ValidConfig) => Promise<Result>,
  ): Promise<Result> =>
    await withEngine(command, options, async (...given) => {
      const { passDependencies } = await import("./app/pass.ts");
      const [valid, engine] = given;
      return await task(passDependencies(...given), engine, valid);
    });
  /** For a command of whose pass people are told. */
  const withNews = async <Options extends ApplyOptions>(
    command: string,
    options: Options,
    task: (
      dependencies: PassDependencies,
      engine: DockerEngine,
      config: ValidConfig,
      watched: Options,
    ) => Promise<ApplyReport>,
  ): Promise<ApplyReport> => {
    const { host, stack, onEvent } = options;
    const valid = await validate(config);
    const news = valid.notifications.length === 0
      ? undefined
      : (await import("./app/notifications.ts")).newNews(valid, {
        host,
        redactor,
        onWarning: (message) => onEvent?.({ kind: "notification-warning", message }),
      }, { onlyStack: stack !== undefined });
    try {
      return await withPass(command, options, async (...given) => {
        const run = (watched: Options) => task(...given, watched);
        return news === undefined ? await run(options) : await news.follow(options, run);
      });
    } finally {
      // The lock is free by then.
      await news?.close();
    }
  };
  return {
    version: VERSION,
    config,
    hostname: () => Deno.hostname(),
    check: async (options) => {
      const { check } = await import("./app/check.ts");
      return check(await validate(config), options, environment);
    },
    showConfig: async (options) => {
      const { showFolder, showStack } = await import("./app/show.ts");
      const { source } = options;
      if (source.kind === "folder") return showFolder(options, source, environment);
      return await withSecrets(
        "config",
        source,
        (valid, context) => showStack(valid, options, source, context),
      );
    },
    plan: (options) =>
      withPass("plan", options, async (pass) => {
        const { planPass } = await import("./reconcile/plan_pass.ts");
        const { besidePlan } = await import("./reconcile/status_state.ts");
        const { plan, commit, state } = await planPass(pass, { ...options, byPerson: true });
        const { maintenanceWindows: windows } = getHost(await validate(config), options.host);
        const notes = besidePlan({ state, suspensions: {}, windows, now: new Date() }, options.stack);
        return { plan, commit, ...notes };
      }),
    apply: (options) =>
      withNews("apply", options, async (pass, _engine, _config, watched) => {
        const { runRecordedPass } = await import("./reconcile/record_pass.ts");
        return await runRecordedPass(pass, { ...watched, trigger: "apply", byPerson: true });
      }),
    updates: (options) =>
      withPass("updates", options, async (pass, registries, valid) => {
        const { updateFinder } = await import("./app/updates.ts");
        const { planPass } = await import("./reconcile/plan_pass.ts");
        const { commit, updates } = await planPass(pass, {
          ...options,
          updates: updateFinder(valid, registries),
        });
        return { commit, findings: updates! };
      }),
    update: (options) =>
      withNews("update", options, async (pass, registries, valid, watched) => {
        const { updateFinder } = await import("./app/updates.ts");
        const { runRecordedPass } = await import("./reconcile/record_pass.ts");
        const updates = updateFinder(valid, registries);
        return await runRecordedPass(pass, { ...watched, trigger: "update", updates });
      }),
    rollBack: (options) =>
      withPass("rollback", { ...options, offline: true }, async (pass) => {
        const { rollBackByHand } = await import("./reconcile/roll_back_by_hand.ts");
        return await rollBackByHand(pass, options);
      }),
    run: async (options) => {
      const valid = await validate(config);
      getHost(valid, options.host);
      const { lockDataDir } = await import("./repository/lock.ts");
      using _lock = await lockDataDir(valid.dataDir, {
        kind: "run",
        command: `run --host ${options.host}`,
        wait: RUN_LOCK_WAIT,
        signal: options.signal,
      });
      const { runLoop } = await import("./app/run.ts");
      await runLoop(valid, options, { environment, redactor, connect });
    },
    testNotifications: async ({ host, signal }) => {
      const valid = await validate(config);
      getHost(valid, host);
      const { newNotifier } = await import("./app/notifications.ts");
      return await newNotifier(valid, { host, signal, redactor, onWarning: () => {} }).test(signal);
    },
    cleanup: (options) =>
      withEngine("cleanup", options, async (...given) => {
        const { runCleanup } = await import("./app/cleanup.ts");
        return await runCleanup(...given, { ...options, trigger: "cleanup" });
      }),
    status: async ({ host, signal }) => {
      const valid = await validate(config);
      const { instance, maintenanceWindows: windows } = getHost(valid, host);
      const { findRunStatus } = await import("./app/run_status.ts");
      const { statusOf } = await import("./reconcile/status_of.ts");
      const { withState } = await import("./reconcile/status_state.ts");
      const { stateFileOf } = await import("./app/pass_state.ts");
      const store = stateFileOf(valid, { host, redactor });
      const engine = await connect(environment);
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
      return health(await validate(config));
    },
    history: async (options) => {
      const valid = await validate(config);
      getHost(valid, options.host);
      const { findHistory } = await import("./journal/read.ts");
      return { dataDir: valid.dataDir, history: findHistory(valid.dataDir, options) };
    },
    suspend: async (options) => {
      const valid = await validate(config);
      getHost(valid, options.host);
      const { suspend } = await import("./app/suspend.ts");
      return suspend(valid, options);
    },
    resume: async (options) => {
      const valid = await validate(config);
      getHost(valid, options.host);
      const { resume } = await import("./app/suspend.ts");
      const { onWait } = options;
      return await resume(
        valid,
        options,
        () => lock(valid, "resume", { ...options, onEvent: ({ holder }) => onWait(holder) }),
      );
    },
    secrets: async (options) => {
      const { showSecrets } = await import("./app/show.ts");
      return await withSecrets("secrets", options, (valid, context) => showSecrets(valid, options, context));
    },
    redact: (text) => redactor.redact(text),
  };
}

async function lock(
  config: ValidConfig,
  command: string,
  { host, signal, onEvent }: LockOptions,
) {
  const { lockDataDir } = await import("./repository/lock.ts");
  return await lockDataDir(config.dataDir, {
    command: `${command} --host ${host}`,
    wait: LOCK_WAIT,
    isUrgent: URGENT.includes(command),
    onWait: (holder) => onEvent?.({ kind: "waiting", holder }),
    signal,
  });
}

async function validate(config: Config): Promise<ValidConfig> {
  const { validateConfig } = await import("./config/validate_config.ts");
  return validateConfig(config);
}

async function connect(
  environment: ProcessEnvironment,
  options: Pick<ConnectOptions, "credentialsFor"> = {},
): Promise<DockerEngine> {
  const { connectByEnvironment } = await import("./engine/environment.ts");
  return await connectByEnvironment(environment, options);
}
