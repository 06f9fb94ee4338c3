/** What commands have in common: a valid configuration, the data folder to themselves, the engine, and somebody to be told. */
import type { ApplyOptions, PassOptions } from "../cli/app.ts";
import type { Config } from "../config/config.ts";
import type { ValidConfig } from "../config/valid_config.ts";
import type { ConnectOptions, DockerEngine } from "../engine/client.ts";
import type { PassDependencies } from "../reconcile/pass.ts";
import type { ApplyReport } from "../reconcile/report.ts";
import type { Redactor } from "../secret.ts";
import type { ProcessEnvironment } from "./environment.ts";
import type { PassContext } from "./pass.ts";

export interface LockOptions extends Pick<PassOptions, "host" | "signal"> {
  /** A method, so that whoever listens for more may listen for this. */
  onEvent?(event: { readonly kind: "waiting"; readonly holder: string }): void;
}

/** They change what runs, or what is to run: they do not wait until the stacks of a `homeport run` are well. */
const URGENT = ["apply", "update", "rollback", "resume"];

/** How long a command waits for another one in the same data folder, in milliseconds. */
const LOCK_WAIT = 30 * 60_000;

export class Frame {
  readonly #config: Config;
  readonly #environment: ProcessEnvironment;
  readonly #redactor: Redactor;

  constructor(config: Config, environment: ProcessEnvironment, redactor: Redactor) {
    this.#config = config;
    this.#environment = environment;
    this.#redactor = redactor;
  }

  async validate(): Promise<ValidConfig> {
    const { validateConfig } = await import("../config/validate_config.ts");
    return validateConfig(this.#config);
  }

  async connect(options: Pick<ConnectOptions, "credentialsFor"> = {}): Promise<DockerEngine> {
    const { connectByEnvironment } = await import("../engine/environment.ts");
    return await connectByEnvironment(this.#environment, options);
  }

  async lock(
    config: ValidConfig,
    command: string,
    { host, signal, onEvent }: LockOptions,
  ): Promise<Disposable> {
    const { lockDataDir } = await import("../repository/lock.ts");
    return await lockDataDir(config.dataDir, {
      command: `${command} --host ${host}`,
      wait: LOCK_WAIT,
      isUrgent: URGENT.includes(command),
      onWait: (holder) => onEvent?.({ kind: "waiting", holder }),
      signal,
    });
  }

  /** For a command that reads the repository and asks the secrets providers. */
  async withSecrets<Result>(
    command: string,
    options: LockOptions,
    task: (config: ValidConfig, context: PassContext) => Promise<Result>,
  ): Promise<Result> {
    const valid = await this.validate();
    using _lock = await this.lock(valid, command, options);
    const { host, signal } = options;
    const { PassSecrets } = await import("./pass_secrets.ts");
    const secrets = new PassSecrets(valid, host, signal);
    return await task(valid, { host, environment: this.#environment, redactor: this.#redactor, secrets });
  }

  /** For a command that sees the engine, too. */
  async withEngine<Result>(
    command: string,
    options: LockOptions,
    task: (config: ValidConfig, engine: DockerEngine, context: PassContext) => Promise<Result>,
  ): Promise<Result> {
    return await this.withSecrets(command, options, async (valid, context) => {
      const engine = await this.connect({
        credentialsFor: (registry) => context.secrets.credentialsFor(registry, this.#redactor),
      });
      try {
        return await task(valid, engine, context);
      } finally {
        engine.close();
      }
    });
  }

  /** For a command that is a pass, or plans one. */
  async withPass<Result>(
    command: string,
    options: PassOptions,
    task: (dependencies: PassDependencies, engine: DockerEngine, config: ValidConfig) => Promise<Result>,
  ): Promise<Result> {
    return await this.withEngine(command, options, async (...given) => {
      const { passDependencies } = await import("./pass.ts");
      const [valid, engine] = given;
      return await task(passDependencies(...given), engine, valid);
    });
  }

  /** For a command of whose pass people are told. */
  async withNews<Options extends ApplyOptions>(
    command: string,
    options: Options,
    task: (
      dependencies: PassDependencies,
      engine: DockerEngine,
      config: ValidConfig,
      watched: Options,
    ) => Promise<ApplyReport>,
  ): Promise<ApplyReport> {
    const { host, stack, onEvent } = options;
    const valid = await this.validate();
    const news = valid.notifications.length === 0
      ? undefined
      : (await import("./notifications.ts")).newNews(valid, {
        host,
        redactor: this.#redactor,
        onWarning: (message) => onEvent?.({ kind: "notification-warning", message }),
      }, { onlyStack: stack !== undefined });
    try {
      return await this.withPass(command, options, async (...given) => {
        const run = (watched: Options) => task(...given, watched);
        return news === undefined ? await run(options) : await news.follow(options, run);
      });
    } finally {
      // The lock is free by then.
      await news?.close();
    }
  }
}
