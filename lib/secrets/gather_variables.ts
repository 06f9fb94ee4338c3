import type { StringMap } from "../compose/project.ts";
import type { ProviderContext } from "../config/secrets_provider.ts";
import { type Answer, explainFailure } from "./ask_providers.ts";
import { coveredBy, NO_FILES, type OpenedFiles, openFiles, type RepositoryFiles } from "./open_files.ts";
import { besideSource, type GatheredSource, isFor, ownSource } from "./secret_sources.ts";

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
    const covered = coveredBy(encrypted, repository);
    const files = await openFiles(encrypted, covered, context.signal);
    return { ...answer, files, beside: besideSource(answer.provider, encrypted, covered) };
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
      const { provider, beside, values, files, stale, error } = given;
      return [
        {
          ...ownSource(provider),
          gives: (name, stack) => isFor(provider, stack) && Object.hasOwn(values, name),
          error: () => error,
          ...(stale !== undefined && { stale }),
        },
        ...(beside === undefined ? [] : [{
          ...beside,
          gives: (name: string, stack: string) =>
            isFor(provider, stack) && Object.hasOwn(files.variables[stack] ?? {}, name),
          error: (stack: string) => findFileError(given, stack, repository),
        }]),
      ];
    }),
    warnings: providers.flatMap(({ label, warnings }) =>
      (warnings?.() ?? []).map((message) => `${label}: ${message}`)
    ),
    files: new Map(results.flatMap(({ provider, files }): [string, Uint8Array | Error][] => [
      ...[...files.failures].map(([path, error]): [string, Error] => [path, explainFailure(provider, error)]),
      ...files.contents,
    ])),
  };
}

interface Given extends Answer {
  /** The files beside the stacks, where the provider opens any. */
  readonly beside?: GatheredSource;
  readonly files: OpenedFiles;
}

function givenTo({ provider, values, files }: Given, stack: string | undefined): StringMap {
  if (!isFor(provider, stack)) return {};
  return stack === undefined ? values : { ...values, ...files.variables[stack] };
}

function findFileError(
  { provider, files }: Given,
  stack: string,
  repository: RepositoryFiles | undefined,
): Error | undefined {
  const folder = repository?.stacks.find(({ name }) => name === stack)?.folder;
  const failure = [...files.failures].find(([path]) => path.slice(0, path.lastIndexOf("/")) === folder);
  return failure === undefined || !isFor(provider, stack) ? undefined : explainFailure(provider, failure[1]);
}
