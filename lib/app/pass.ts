/** What a pass over a host is put together from. */
import { posix } from "node:path";
import type { PassOptions } from "../cli/app.ts";
import type { ValidConfig } from "../config/valid_config.ts";
import type { DockerEngine } from "../engine/client.ts";
import { Journal } from "../journal/journal.ts";
import type { PassDependencies } from "../reconcile/pass.ts";
import type { Snapshot } from "../reconcile/ports.ts";
import { checkoutFiles } from "../repository/checkout_files.ts";
import { openRepository } from "../repository/open_repository.ts";
import type { GitRepository } from "../repository/git_repository.ts";
import type { Redactor } from "../secret.ts";
import type { HostCache } from "../stacks/host_cache.ts";
import { type HostInput, loadHost } from "../stacks/load_host.ts";
import type { Files } from "../stacks/stack.ts";
import { VERSION } from "../version.ts";
import { SYSTEM_CLOCK } from "./clock.ts";
import { homeDir, type ProcessEnvironment } from "./environment.ts";
import { getHost } from "./get_host.ts";
import { findElsewhere, stateFileOf } from "./pass_state.ts";
import { hideSecrets, type PassSecrets } from "./pass_secrets.ts";

export interface PassContext extends Pick<PassOptions, "host"> {
  readonly environment: ProcessEnvironment;
  /** Learns the secrets as they are fetched: nothing that is printed may hold them. */
  readonly redactor: Redactor;
  readonly secrets: PassSecrets;
  /** For whoever makes pass after pass. */
  readonly cache?: HostCache;
}

/** Entries of stacks that the journal keeps. */
const MOST_ENTRIES = 10_000;

export function passDependencies(
  config: ValidConfig,
  engine: DockerEngine,
  context: PassContext,
): PassDependencies {
  const { instance } = getHost(config, context.host);
  return {
    ...checkoutDependencies(config, context),
    engine,
    loadHost: async (snapshot) => {
      const input = await hostInput(config, snapshot, context);
      hideSecrets(context.redactor, input.secrets);
      return context.cache?.load(input) ?? loadHost(input);
    },
    host: context.host,
    instance,
    version: VERSION,
    settings: { prune: config.prune.enabled, ...config.deploy, drift: config.drift },
    now: () => new Date(),
    clock: SYSTEM_CLOCK,
    journal: journalOf(config, context),
  };
}

/** For whoever syncs the repository: a checkout without the pins of what is held would change what containers mount. */
export function checkoutDependencies(
  config: ValidConfig,
  context: PassContext,
): Required<Pick<PassDependencies, "repository" | "commits" | "state">> {
  const repository = repositoryOf(config, context);
  return {
    repository,
    commits: {
      root: repository.folder,
      folderOf: (stack) => posix.join(getHost(config, context.host).stacks.path, stack),
      elsewhere: () => findElsewhere(config, context),
      load: async (stack, { files, tracked }) => {
        const input = await hostInput(config, { folder: repository.folder, tracked }, context, files);
        hideSecrets(context.redactor, input.secrets);
        return loadHost({ ...input, only: stack });
      },
    },
    state: stateFileOf(config, context),
  };
}

export function journalOf(config: ValidConfig, { redactor }: Pick<PassContext, "redactor">): Journal {
  return new Journal({
    dataDir: config.dataDir,
    retention: { keep: config.journal.keep, most: MOST_ENTRIES },
    redact: (text) => redactor.redact(text),
  });
}

function repositoryOf(
  { repository: { url, branch, auth }, dataDir }: ValidConfig,
  { secrets, redactor }: Pick<PassContext, "secrets" | "redactor">,
): GitRepository {
  return openRepository({
    url,
    branch,
    dataDir,
    username: auth?.username,
    token: auth && (() => secrets.repositoryToken(auth.token, redactor)),
  });
}

export async function hostInput(
  config: ValidConfig,
  snapshot: Pick<Snapshot, "folder" | "tracked">,
  { host: name, environment, secrets }: Omit<PassContext, "redactor">,
  files: Files = checkoutFiles(snapshot.folder),
): Promise<HostInput & { readonly secrets: Awaited<ReturnType<PassSecrets["ofSnapshot"]>> }> {
  const host = getHost(config, name);
  return {
    host: name,
    layout: host.stacks,
    root: snapshot.folder,
    files,
    tracked: snapshot.tracked,
    startupOrder: host.startupOrder,
    envs: { host: host.envs, shared: config.envs },
    secrets: await secrets.ofSnapshot(snapshot, files),
    release: config.deploy.composeHash,
    settings: {
      defaults: {
        healthGate: config.deploy.healthGate,
        rollback: config.deploy.rollback,
        drift: config.drift.mode,
        suspend: false,
      },
      ofStack: host.stackSettings,
    },
    ...homeDir(environment),
  };
}
