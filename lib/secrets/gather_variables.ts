import type { StringMap } from "../compose/project.ts";
import type { EncryptedFiles, ProviderContext, SecretsProvider } from "../config/secrets_provider.ts";
import { HomeportError } from "../errors.ts";
import { findVariables, keepVariables } from "./offline_cache.ts";
import { namesBeside, NO_FILES, type OpenedFiles, openFiles, type RepositoryFiles } from "./open_files.ts";

export interface AskOptions extends ProviderContext {
  readonly now: Date;
}

/** What one provider said. */
export interface Answer {
  readonly provider: SecretsProvider;
  readonly values: StringMap;
  readonly error?: Error;
  /** Why the values are those of an earlier time. */
  readonly stale?: string;
}

export interface GatherOptions extends ProviderContext {
  readonly repository?: RepositoryFiles;
}

/** What the providers gave, and which of them could not. */
export interface GatheredVariables {
  /** Of all providers that answered and are there for every stack; later ones won. */
  readonly variables: StringMap;
  /** For stacks that are granted more than all are, by name: all that such a stack gets. */
  readonly ofStack: Readonly<Record<string, StringMap>>;
  readonly sources: readonly GatheredSource[];
  /** Of the providers, with their labels. */
  readonly warnings: readonly string[];
  /** Encrypted files of the repository, by absolute path: their plain content, or why they could not be opened. */
  readonly files: ReadonlyMap<string, Uint8Array | Error>;
}

export interface GatheredSource {
  readonly label: string;
  mayProvide(name: string, stack: string): boolean | "unknown";
  /** Whether it gave the stack a value for it. Absent before anybody was asked. */
  gives?(name: string, stack: string): boolean;
  /** Why the provider gave the stack less than it should. Only the stacks that need that are stopped. */
  error?(stack: string): Error | undefined;
  /** Why its values are those of an earlier time. */
  readonly stale?: string;
}

/** Asks all providers side by side. One that fails does not stop the others. */
export async function askProviders(
  providers: readonly SecretsProvider[],
  options: AskOptions,
): Promise<readonly Answer[]> {
  const answers = await Promise.all(providers.map((provider) => ask(provider, options)));
  options.signal.throwIfAborted();
  return answers;
}

/** Puts the providers' answers together, and opens what lies encrypted in the repository. */
export async function gather(
  answers: readonly Answer[],
  { repository, ...context }: GatherOptions,
): Promise<GatheredVariables> {
  const providers = answers.map(({ provider }) => provider);
  const results = await Promise.all(answers.map(async (answer): Promise<Given> => {
    if (repository === undefined) return { ...answer, files: NO_FILES };
    const encrypted = await answer.provider.inRepository?.(context);
    if (encrypted === undefined) return { ...answer, files: NO_FILES };
    return { ...answer, encrypted, files: await openFiles(encrypted, repository, context.signal) };
  }));
  const mergeFor = (stack: string | undefined): StringMap =>
    Object.assign(Object.create(null), ...results.map((given) => givenTo(given, stack)));
  const stacks = new Set([
    ...providers.flatMap((provider) => provider.stacks ?? []),
    ...results.flatMap(({ files }) => Object.keys(files.variables)),
  ]);
  return {
    variables: mergeFor(undefined),
    ofStack: Object.fromEntries([...stacks].map((stack) => [stack, mergeFor(stack)])),
    sources: results.flatMap((given): GatheredSource[] => {
      const { provider, encrypted, values, files, stale, error } = given;
      return [
        {
          ...ownSource(provider),
          gives: (name, stack) => isFor(provider, stack) && Object.hasOwn(values, name),
          error: () => error,
          ...(stale !== undefined && { stale }),
        },
        ...besideSources(provider, encrypted, repository).map((source) => ({
          ...source,
          gives: (name: string, stack: string) =>
            isFor(provider, stack) && Object.hasOwn(files.variables[stack] ?? {}, name),
          error: (stack: string) => findFileError(given, stack, repository),
        })),
      ];
    }),
    warnings: providers.flatMap(({ label, warnings }) =>
      (warnings?.() ?? []).map((message) => `${label}: ${message}`)
    ),
    files: new Map(results.flatMap(({ provider, files }): [string, Uint8Array | Error][] => [
      ...[...files.failures].map(([path, error]): [string, Error] => [path, explain(provider, error)]),
      ...files.contents,
    ])),
  };
}

/** The providers as stacks see them, before any is asked for a value. */
export async function sourcesOf(
  providers: readonly SecretsProvider[],
  context: ProviderContext,
  repository?: RepositoryFiles,
): Promise<GatheredSource[]> {
  const sources = await Promise.all(providers.map(async (provider) => {
    const encrypted = repository && await provider.inRepository?.(context);
    return [ownSource(provider), ...besideSources(provider, encrypted, repository)];
  }));
  return sources.flat();
}

function ownSource(provider: SecretsProvider): GatheredSource {
  return {
    label: provider.label,
    mayProvide: (name, stack) => isFor(provider, stack) && provider.mayProvide(name),
  };
}

/** The files beside the stacks, apart from what else the provider has: where the one fails, the other may not. */
function besideSources(
  provider: SecretsProvider,
  encrypted: EncryptedFiles | undefined,
  repository: RepositoryFiles | undefined,
): GatheredSource[] {
  if (encrypted === undefined) return [];
  const { names, failures } = namesBeside(encrypted, repository);
  return [{
    label: provider.label,
    mayProvide: (name, stack) =>
      isFor(provider, stack) && (names[stack]?.has(name) || (stack in failures && "unknown")),
    error: (stack) => isFor(provider, stack) ? failures[stack] : undefined,
  }];
}

interface Given extends Answer {
  readonly encrypted?: EncryptedFiles;
  readonly files: OpenedFiles;
}

/** Also a provider that throws at once is only one that fails. */
async function ask(
  provider: SecretsProvider,
  { signal, dataDir, now }: AskOptions,
): Promise<Answer> {
  const { label, maxAgeOffline } = provider;
  const time = now.getTime();
  try {
    const values = await provider.variables({ dataDir, signal });
    if (maxAgeOffline !== undefined) keepVariables(dataDir, label, { variables: values, time });
    return { provider, values };
  } catch (cause) {
    const error = explain(provider, cause);
    const kept = maxAgeOffline === undefined ? undefined : findVariables(dataDir, label);
    if (kept === undefined || time - kept.time > maxAgeOffline!) return { provider, values: {}, error };
    const stale = `secrets are those of ${new Date(kept.time).toISOString()}: ${error.message}`;
    return { provider, values: kept.variables, stale };
  }
}

function givenTo({ provider, values, files }: Given, stack: string | undefined): StringMap {
  if (!isFor(provider, stack)) return {};
  return stack === undefined ? values : { ...values, ...files.variables[stack] };
}

function isFor({ stacks }: SecretsProvider, stack: string | undefined): boolean {
  return stacks === undefined || (stack !== undefined && stacks.includes(stack));
}

function findFileError(
  { provider, files }: Given,
  stack: string,
  repository: RepositoryFiles | undefined,
): Error | undefined {
  const folder = repository?.stacks.find(({ name }) => name === stack)?.folder;
  const failure = [...files.failures].find(([path]) => path.slice(0, path.lastIndexOf("/")) === folder);
  return failure === undefined || !isFor(provider, stack) ? undefined : explain(provider, failure[1]);
}

function explain(provider: SecretsProvider, cause: unknown): HomeportError {
  const known = cause instanceof HomeportError ? cause : undefined;
  const message = cause instanceof Error ? cause.message : String(cause);
  return new HomeportError(`secrets from ${provider.label}: ${message}`, {
    hint: known?.hint ?? "mend it; stacks that need these secrets wait meanwhile",
    location: known?.location,
    consequence: known?.consequence === "retry" ? "retry" : "wait",
    cause,
  });
}
