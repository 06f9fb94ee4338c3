/** Puts the concrete parts together. What a command does not need is not loaded: `version` and `check` never see Docker or Git. */
import type {
  App,
  CheckOptions,
  CheckReport,
  ConfigOptions,
  ConfigReport,
  ConfigSource,
  PassOptions,
  SecretsOptions,
  SecretsReport,
} from "./cli/app.ts";
import type { EnvFileText } from "./compose/variables.ts";
import type { Config } from "./config/config.ts";
import type { ValidConfig, ValidHost } from "./config/valid_config.ts";
import type { DockerEngine } from "./engine/client.ts";
import type { EngineEnvironment } from "./engine/environment.ts";
import { ConfigurationError } from "./errors.ts";
import type { PassDependencies } from "./reconcile/pass.ts";
import type { Snapshot } from "./reconcile/ports.ts";
import type { Files } from "./stacks/stack.ts";
import type { HostInput } from "./stacks/load_host.ts";
import type { RepositoryFiles } from "./secrets/open_files.ts";
import { Redactor } from "./secret.ts";
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
  const redactor = new Redactor();
  const withPass = async <Result>(
    command: string,
    options: PassOptions,
    task: (dependencies: PassDependencies) => Promise<Result>,
  ): Promise<Result> => {
    const valid = await validate(config);
    using _lock = await lock(valid, command, options);
    const engine = await connect(environment);
    try {
      return await task(await dependencies(valid, engine, { ...options, environment, redactor }));
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
      return await showStack(valid, options, options.source, { environment, redactor });
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
    secrets: async (options) => {
      const valid = await validate(config);
      using _lock = await lock(valid, "secrets", options);
      return await showSecrets(valid, options, { environment, redactor });
    },
    redact: (text) => redactor.redact(text),
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
  const { sourcesOf } = await import("./secrets/gather_variables.ts");
  const { checkHosts } = await import("./stacks/check_hosts.ts");
  const { checkoutFiles } = await import("./repository/checkout_files.ts");
  const { resolve } = await import("node:path");
  const root = resolve(options.folder);
  const files = checkoutFiles(root);
  const names = options.host === undefined ? Object.keys(config.hosts) : [options.host];
  const inputs = await Promise.all(names.map(async (name) => {
    const host = getHost(config, name);
    return {
      host: name,
      layout: host.stacks,
      root,
      files,
      startupOrder: host.startupOrder,
      envs: { host: host.envs, shared: config.envs },
      sources: sourcesOf(config.secrets, await filesBeside(config, name, root, files)),
      ...homeDir(environment),
    };
  }));
  return checkHosts(inputs, { isAssumed: options.isAssumed });
}

/** What lies beside the stacks of a folder that need not be Git's. */
async function filesBeside(
  { secrets, hosts }: ValidConfig,
  host: string,
  root: string,
  files: Files,
): Promise<RepositoryFiles | undefined> {
  if (secrets.every(({ inRepository }) => inRepository === undefined)) return undefined;
  const { findStacks } = await import("./stacks/find_stacks.ts");
  const { join } = await import("node:path");
  try {
    const { stacks } = findStacks(hosts[host]!.stacks, root, files);
    const paths = stacks.flatMap(({ folder }) =>
      files.list(folder).map((name) => join(folder, name)).filter((path) => files.kind(path) === "file")
    );
    return { root, paths, stacks, read: (path) => files.read(path) };
  } catch {
    // What is wrong with the host's folder is found by the check itself.
    return undefined;
  }
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
  { environment, redactor }: Pick<PassContext, "environment" | "redactor">,
): Promise<ConfigReport> {
  const { showStack } = await import("./stacks/show_stack.ts");
  const texts = readEnvFiles(envFiles);
  const repository = await repositoryOf(config);
  const snapshot = await repository.sync({ offline: offline ? "allowed" : "refused", signal });
  onEvent({ kind: "snapshot", snapshot });
  const input = await hostInput(config, snapshot, { host, signal, environment });
  try {
    return showStack(input, stack, { composeHash, envFiles: texts });
  } catch (error) {
    // What is shown is masked where a secret stands; an error may quote anything.
    hideSecrets(redactor, input.secrets);
    throw error;
  }
}

async function showSecrets(
  config: ValidConfig,
  { host, offline, signal, onEvent }: SecretsOptions,
  { environment, redactor }: Pick<PassContext, "environment" | "redactor">,
): Promise<SecretsReport> {
  const { secretUsage } = await import("./stacks/secret_usage.ts");
  const repository = await repositoryOf(config);
  const snapshot = await repository.sync({ offline: offline ? "allowed" : "refused", signal });
  onEvent({ kind: "snapshot", snapshot });
  const input = await hostInput(config, snapshot, { host, signal, environment });
  hideSecrets(redactor, input.secrets);
  return { host, stacks: secretUsage(input) };
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
  readonly redactor: Redactor;
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
    loadHost: (snapshot, signal) => load(config, snapshot, { ...context, signal }),
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
  hideSecrets(context.redactor, input.secrets);
  return loadHost(input);
}

function hideSecrets(redactor: Redactor, { variables, ofStack = {} }: HostInput["secrets"]): void {
  for (const each of [variables, ...Object.values(ofStack)]) redactor.add(Object.values(each));
}

async function hostInput(
  config: ValidConfig,
  snapshot: Snapshot,
  context: Pick<PassContext, "host" | "signal" | "environment">,
): Promise<HostInput> {
  const { gatherVariables } = await import("./secrets/gather_variables.ts");
  const { makeFingerprint } = await import("./secrets/host_key.ts");
  const { checkoutFiles } = await import("./repository/checkout_files.ts");
  const host = getHost(config, context.host);
  const files = checkoutFiles(snapshot.folder);
  const repository = await repositoryFiles(config, snapshot, context.host, files);
  const { signal } = context;
  const secrets = await gatherVariables(config.secrets, {
    signal,
    dataDir: config.dataDir,
    now: new Date(),
    ...repository,
  });
  return {
    host: context.host,
    layout: host.stacks,
    root: snapshot.folder,
    files,
    tracked: snapshot.tracked,
    startupOrder: host.startupOrder,
    envs: { host: host.envs, shared: config.envs },
    secrets: { ...secrets, fingerprint: makeFingerprint(config.dataDir) },
    ...homeDir(context.environment),
  };
}

/** Where no provider opens files of the repository, none are looked for. Those of other hosts' stacks are none of this host's. */
async function repositoryFiles(
  { secrets, hosts }: ValidConfig,
  { folder: root, tracked }: Pick<Snapshot, "folder" | "tracked">,
  host: string,
  files: Files,
): Promise<{ readonly repository?: RepositoryFiles }> {
  if (secrets.every(({ inRepository }) => inRepository === undefined)) return {};
  const { findStacks } = await import("./stacks/find_stacks.ts");
  const { join } = await import("node:path");
  const layout = hosts[host]!.stacks;
  const others = Object.values(hosts).map(({ stacks }) => stacks.path).filter((path) => path !== layout.path);
  const isOfOther = (path: string) => others.some((other) => path.startsWith(`${join(root, other)}/`));
  const paths = tracked.filesBelow(root).map(({ path }) => path).filter((path) => !isOfOther(path));
  const { stacks } = findStacks(layout, root, files);
  return { repository: { root, paths, stacks, read: (path) => files.read(path) } };
}

async function connect(environment: ProcessEnvironment): Promise<DockerEngine> {
  const { connectByEnvironment } = await import("./engine/environment.ts");
  return await connectByEnvironment(environment);
}

function homeDir({ HOME }: ProcessEnvironment): { readonly homeDir?: string } {
  return HOME === undefined || HOME === "" ? {} : { homeDir: HOME };
}

function processEnvironment(): ProcessEnvironment {
  const names = ["DOCKER_HOST", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH", "DOCKER_CONFIG", "HOME"] as const;
  return Object.fromEntries(names.map((name) => [name, Deno.env.get(name)]));
}
