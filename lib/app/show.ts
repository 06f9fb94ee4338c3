/** `config` and `secrets`: what a stack is, and what it uses. No engine is needed. */
import { basename } from "node:path";
import type {
  ConfigOptions,
  ConfigReport,
  ConfigSource,
  PassOptions,
  SecretsOptions,
  SecretsReport,
} from "../cli/app.ts";
import { DEFAULT_FLAVOUR } from "../compose/hash.ts";
import type { EnvFileText } from "../compose/variables.ts";
import type { ValidConfig } from "../config/valid_config.ts";
import { ConfigurationError } from "../errors.ts";
import { syncWithHolds } from "../reconcile/rollback/sync_with_holds.ts";
import { checkoutFiles } from "../repository/checkout_files.ts";
import { enclosingRepository } from "../repository/enclosing_repository.ts";
import { secretUsage } from "../stacks/secret_usage.ts";
import * as stacks from "../stacks/show_stack.ts";
import { NO_TRACKED_FILES } from "../stacks/tracked_files.ts";
import { homeDir, type ProcessEnvironment } from "./environment.ts";
import { checkoutDependencies, hostInput, type PassContext } from "./pass.ts";
import { hideSecrets } from "./pass_secrets.ts";

type SourceOf<Kind> = Extract<ConfigSource, { readonly kind: Kind }>;

export function showFolder(
  { envFiles, composeHash = DEFAULT_FLAVOUR }: ConfigOptions,
  { folder }: SourceOf<"folder">,
  environment: ProcessEnvironment,
): ConfigReport {
  const root = enclosingRepository(folder);
  const input = {
    stack: { name: basename(folder), folder },
    root,
    files: checkoutFiles(root),
    tracked: NO_TRACKED_FILES,
    variables: {},
    release: composeHash,
    ...homeDir(environment),
  };
  return stacks.showFolder(input, { composeHash, envFiles: readEnvFiles(envFiles) });
}

export async function showStack(
  config: ValidConfig,
  { envFiles, composeHash = config.deploy.composeHash }: ConfigOptions,
  source: SourceOf<"stack">,
  context: PassContext,
): Promise<ConfigReport> {
  const texts = readEnvFiles(envFiles);
  const input = await inputOf(config, source, context);
  try {
    return stacks.showStack(input, source.stack, { composeHash, envFiles: texts });
  } catch (error) {
    // What is shown is masked where a secret stands; an error may quote anything.
    hideSecrets(context.redactor, input.secrets);
    throw error;
  }
}

export async function showSecrets(
  config: ValidConfig,
  options: SecretsOptions,
  context: PassContext,
): Promise<SecretsReport> {
  const input = await inputOf(config, options, context);
  hideSecrets(context.redactor, input.secrets);
  return { host: options.host, stacks: secretUsage(input) };
}

async function inputOf(
  config: ValidConfig,
  { offline, signal, onEvent }: PassOptions,
  context: PassContext,
): ReturnType<typeof hostInput> {
  const snapshot = await syncWithHolds(checkoutDependencies(config, context), {
    offline: offline ? "allowed" : "refused",
    signal,
  });
  onEvent?.({ kind: "snapshot", snapshot });
  return await hostInput(config, snapshot, context);
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
