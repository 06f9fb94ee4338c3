/** Puts the concrete parts together. What a command does not need is not loaded: `version` and `check` never see Docker or Git. */
import { type ProcessEnvironment, processEnvironment } from "./app/environment.ts";
import { getHost } from "./app/get_host.ts";
import type { PassContext } from "./app/pass.ts";
import type { App, PassOptions } from "./cli/app.ts";
import type { Config } from "./config/config.ts";
import type { ValidConfig } from "./config/valid_config.ts";
import type { ConnectOptions, DockerEngine } from "./engine/client.ts";
import type { PassDependencies } from "./reconcile/pass.ts";
import { Redactor } from "./secret.ts";
import { VERSION } from "./version.ts";

export type { ProcessEnvironment } from "./app/environment.ts";

export interface AppOptions {
  /** What the process is started with, of which only what is named there is read. Default: the process's own environment. */
  readonly environment?: ProcessEnvironment;
}

/** How long a command waits for another one in the same data folder, in milliseconds. */
const LOCK_WAIT = 30 * 60_000;

export function createApp(config: Config, { environment = processEnvironment() }: AppOptions = {}): App {
  const redactor = new Redactor();
  /** For a command that reads the repository and asks the secrets providers. */
  const withSecrets = async <Result>(
    command: string,
    options: PassOptions,
    task: (config: ValidConfig, context: PassContext) => Promise<Result>,
  ): Promise<Result> => {
    const valid = await validate(config);
    using _lock = await lock(valid, command, options, options.onEvent);
    const { host, signal } = options;
    const { PassSecrets } = await import("./app/pass_secrets.ts");
    return await task(valid, { host, environment, redactor, secrets: new PassSecrets(valid, host, signal) });
  };
  /** For a command that sees the engine, too. */
  const withPass = async <Result>(
    command: string,
    options: PassOptions,
    task: (dependencies: PassDependencies, engine: DockerEngine, config: ValidConfig) => Promise<Result>,
  ): Promise<Result> =>
    await withSecrets(command, options, async (valid, context) => {
      const { passDependencies } = await import("./app/pass.ts");
      const engine = await connect(environment, {
        credentialsFor: (registry) => context.secrets.credentialsFor(registry, redactor),
      });
      try {
        return await task(passDependencies(valid, engine, context), engine, valid);
      } finally {
        engine.close();
      }
    });
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
      withPass("apply", options, async (pass) => {
        const { runRecordedPass } = await import("./reconcile/record_pass.ts");
        return await runRecordedPass(pass, { ...options, trigger: "apply", byPerson: true });
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
      withPass("update", options, async (pass, registries, valid) => {
        const { updateFinder } = await import("./app/updates.ts");
        const { runRecordedPass } = await import("./reconcile/record_pass.ts");
        const updates = updateFinder(valid, registries);
        return await runRecordedPass(pass, { ...options, trigger: "update", updates });
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
        wait: false,
        signal: options.signal,
      });
      const { runLoop } = await import("./app/run.ts");
      await runLoop(valid, options, { environment, redactor, connect });
    },
    status: async ({ host, signal }) => {
      const valid = await validate(config);
      const { instance, maintenanceWindows: windows } = getHost(valid, host);
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
          ...(fault !== undefined && { fault }),
        };
      } finally {
        engine.close();
      }
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
        () => lock(valid, "resume", options, ({ holder }) => onWait(holder)),
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
  { host, signal }: Pick<PassOptions, "host" | "signal">,
  onEvent?: (event: { readonly kind: "waiting"; readonly holder: string }) => void,
) {
  const { lockDataDir } = await import("./repository/lock.ts");
  return await lockDataDir(config.dataDir, {
    command: `${command} --host ${host}`,
    wait: LOCK_WAIT,
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
