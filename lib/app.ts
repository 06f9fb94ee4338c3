/** Puts the concrete parts together. What a command does not need is not loaded: `version` and `check` never see Docker or Git. */
import type {
  App,
  CheckOptions,
  CheckReport,
  ConfigOptions,
  ConfigReport,
  ConfigSource,
  PassOptions,
} from "./cli/app.ts";
import type { EnvFileText } from "./compose/variables.ts";
import type { Config } from "./config/config.ts";
import type { ValidConfig, ValidHost } from "./config/valid_config.ts";
import type { ConnectOptions, DockerEngine } from "./engine/client.ts";
import type { EngineEnvironment } from "./engine/environment.ts";
import { ConfigurationError } from "./errors.ts";
import type { PassDependencies } from "./reconcile/pass.ts";
import type { Snapshot } from "./reconcile/ports.ts";
import type { GatheredVariables } from "./secrets/gather_variables.ts";
import type { HostInput } from "./stacks/load_host.ts";
import { maskValues } from "./secret.ts";
import { VERSION } from "./version.ts";

export interface AppOptions {
  /** What the process is started with, of which only what is named here is read. Default: the process's own environment. */
  readonly environment?: ProcessEnvironment;
}

/** `HOME` also for `~` in Compose files. */
export type ProcessEnvironment = EngineEnvironment;

/** How long a command waits for another one in the same data folder, in milliseconds. */
const LOCK_WAIT = 30 * 60_000;

export function createApp(config: Config, { environment = processEnvironment() }: AppOptions = {}): App {
  const secretValues = new Set<string>();
  const withPass = async <Result>(
    command: string,
    options: PassOptions,
    task: (dependencies: PassDependencies) => Promise<Result>,
  ): Promise<Result> => {
    const valid = await validate(config);
    using _lock = await lock(valid, command, options);
    const context = { ...options, environment, secretValues, secrets: askOnce(valid, options.signal) };
    const engine = await connect(environment, { credentialsFor: registryCredentials(valid, context) });
    try {
      return await task(await dependencies(valid, engine, context));
    } finally {
      engine.close();
    }
  };
  return {
    version: VERSION,
    config,
    hostname: () => Deno.hostname(),
    check: async (options) => await check(await validate(config), options, environment),
    showConfig: async (options) => {
      if (options.source.kind === "folder") return await showFolder(options, options.source, environment);
      const valid = await validate(config);
      using _lock = await lock(valid, "config", options.source);
      return await showStack(valid, options, options.source, { environment, secretValues });
    },
    plan: (options) =>
      withPass("plan", options, async (pass) => {
        const { planPass } = await import("./reconcile/plan_pass.ts");
        return await planPass(pass, options);
      }),
    apply: (options) =>
      withPass("apply", options, async (pass) => {
        const { runPass } = await import("./reconcile/run_pass.ts");
        return await runPass(pass, options);
      }),
    status: async ({ host, signal }) => {
      const { instance } = getHost(await validate(config), host);
      const { statusOf } = await import("./reconcile/status_of.ts");
      const engine = await connect(environment);
      try {
        return statusOf(await engine.observe([], signal), { host, instance });
      } finally {
        engine.close();
      }
    },
    redact: (text) => maskValues(text, secretValues),
  };
}

async function lock(config: ValidConfig, command: string, { host, signal, onEvent }: PassOptions) {
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

function getHost(config: ValidConfig, name: string): ValidHost {
  const host = config.hosts[name];
  if (host !== undefined) return host;
  throw new ConfigurationError(`host ${JSON.stringify(name)} is not in stacks.config.ts`);
}

async function check(
  config: ValidConfig,
  options: CheckOptions,
  environment: ProcessEnvironment,
): Promise<CheckReport> {
  const { checkHosts } = await import("./stacks/check_hosts.ts");
  const { checkoutFiles } = await import("./repository/checkout_files.ts");
  const { resolve } = await import("node:path");
  const root = resolve(options.folder);
  const files = checkoutFiles(root);
  const names = options.host === undefined ? Object.keys(config.hosts) : [options.host];
  const inputs = names.map((name) => {
    const host = getHost(config, name);
    return {
      host: name,
      layout: host.stacks,
      root,
      files,
      startupOrder: host.startupOrder,
      envs: { host: host.envs, shared: config.envs },
      sources: config.secrets,
      release: config.deploy.composeHash,
      ...homeDir(environment),
    };
  });
  const report = checkHosts(inputs, { isAssumed: options.isAssumed });
  const { findUnknownSecrets } = await import("./config/check_registries.ts");
  return { ...report, problems: [...findUnknownSecrets(config, names), ...report.problems] };
}

async function showFolder(
  { envFiles, composeHash }: ConfigOptions,
  { folder }: Extract<ConfigSource, { readonly kind: "folder" }>,
  environment: ProcessEnvironment,
): Promise<ConfigReport> {
  const { basename } = await import("node:path");
  const { DEFAULT_FLAVOUR } = await import("./compose/hash.ts");
  const { checkoutFiles } = await import("./repository/checkout_files.ts");
  const { enclosingRepository } = await import("./repository/enclosing_repository.ts");
  const { showFolder } = await import("./stacks/show_stack.ts");
  const { NO_TRACKED_FILES } = await import("./stacks/tracked_files.ts");
  const root = enclosingRepository(folder);
  return showFolder({
    stack: { name: basename(folder), folder },
    root,
    files: checkoutFiles(root),
    tracked: NO_TRACKED_FILES,
    variables: {},
    ...homeDir(environment),
  }, { composeHash: composeHash ?? DEFAULT_FLAVOUR, envFiles: readEnvFiles(envFiles) });
}

async function showStack(
  config: ValidConfig,
  { envFiles, composeHash = config.deploy.composeHash }: ConfigOptions,
  { host, stack, offline, signal, onEvent }: Extract<ConfigSource, { readonly kind: "stack" }>,
  { environment, secretValues }: Pick<PassContext, "environment" | "secretValues">,
): Promise<ConfigReport> {
  const { showStack } = await import("./stacks/show_stack.ts");
  const texts = readEnvFiles(envFiles);
  const repository = await repositoryOf(config);
  const snapshot = await repository.sync({ offline: offline ? "allowed" : "refused", signal });
  onEvent({ kind: "snapshot", snapshot });
  const input = await hostInput(config, snapshot, { host, environment, secrets: askOnce(config, signal) });
  try {
    return showStack(input, stack, { composeHash, envFiles: texts });
  } catch (error) {
    // What is shown is masked where a secret stands; an error may quote anything.
    for (const value of Object.values(input.secrets.variables)) secretValues.add(value);
    throw error;
  }
}

/** Absent: the stack's own `.env` is read. */
function readEnvFiles(paths: readonly string[]): readonly EnvFileText[] | undefined {
  return paths.length === 0 ? undefined : paths.map((path) => {
    try {
      return { path, text: Deno.readTextFileSync(path) };
    } catch (cause) {
      const hint = "name a file that can be read";
      throw new ConfigurationError(`Cannot read the env file ${path}`, { hint, cause });
    }
  });
}

interface PassContext extends PassOptions {
  readonly environment: ProcessEnvironment;
  /** Filled as secrets are fetched: nothing that is printed may hold them. */
  readonly secretValues: Set<string>;
  /** What the secrets providers give in this pass. */
  readonly secrets: () => Promise<GatheredVariables>;
}

async function dependencies(
  config: ValidConfig,
  engine: DockerEngine,
  context: PassContext,
): Promise<PassDependencies> {
  const host = getHost(config, context.host);
  return {
    repository: await repositoryOf(config),
    engine,
    loadHost: (snapshot) => load(config, snapshot, context),
    host: context.host,
    instance: host.instance,
    version: VERSION,
    settings: { prune: config.prune.enabled, ...config.deploy },
    now: () => new Date(),
  };
}

async function repositoryOf({ repository: { url, branch, auth }, dataDir }: ValidConfig) {
  const { openRepository } = await import("./repository/open_repository.ts");
  const { resolveCredential } = await import("./secrets/resolve_credential.ts");
  return openRepository({
    url,
    branch,
    dataDir,
    username: auth?.username,
    token: auth && (() => resolveCredential(auth.token)),
  });
}

async function load(config: ValidConfig, snapshot: Snapshot, context: PassContext) {
  const { loadHost } = await import("./stacks/load_host.ts");
  const input = await hostInput(config, snapshot, context);
  for (const value of Object.values(input.secrets.variables)) context.secretValues.add(value);
  return loadHost(input);
}

async function hostInput(
  config: ValidConfig,
  snapshot: Snapshot,
  context: Pick<PassContext, "host" | "secrets" | "environment">,
): Promise<HostInput> {
  const { checkoutFiles } = await import("./repository/checkout_files.ts");
  const host = getHost(config, context.host);
  return {
    host: context.host,
    layout: host.stacks,
    root: snapshot.folder,
    files: checkoutFiles(snapshot.folder),
    tracked: snapshot.tracked,
    startupOrder: host.startupOrder,
    envs: { host: host.envs, shared: config.envs },
    secrets: await context.secrets(),
    release: config.deploy.composeHash,
    ...homeDir(context.environment),
  };
}

/** Every pass asks the secrets providers, and asks them once. */
function askOnce(config: ValidConfig, signal: AbortSignal): PassContext["secrets"] {
  let answer: Promise<GatheredVariables> | undefined;
  const ask = async () => {
    const { gatherVariables } = await import("./secrets/gather_variables.ts");
    return await gatherVariables(config.secrets, signal);
  };
  return () => answer ??= ask();
}

function registryCredentials(
  config: ValidConfig,
  { host, secrets, secretValues }: PassContext,
): ConnectOptions["credentialsFor"] {
  const registries = { ...config.registries, ...getHost(config, host).registries };
  return async (registry) => {
    const { findRegistryCredentials } = await import("./secrets/registry_credentials.ts");
    const onSecret = (value: string) => void secretValues.add(value);
    return await findRegistryCredentials(registry, { registries, secrets, onSecret });
  };
}

async function connect(
  environment: ProcessEnvironment,
  options: Pick<ConnectOptions, "credentialsFor"> = {},
): Promise<DockerEngine> {
  const { connectByEnvironment } = await import("./engine/environment.ts");
  return await connectByEnvironment(environment, options);
}

function homeDir({ HOME }: ProcessEnvironment): { readonly homeDir?: string } {
  return HOME === undefined || HOME === "" ? {} : { homeDir: HOME };
}

function processEnvironment(): ProcessEnvironment {
  const names = ["DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_CONFIG", "HOME"] as const;
  return Object.fromEntries(names.map((name) => [name, Deno.env.get(name)]));
}
