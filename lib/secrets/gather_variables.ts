import type { StringMap } from "../compose/project.ts";
import type { SecretsProvider } from "../config/secrets_provider.ts";
import { HomeportError } from "../errors.ts";

/** What the providers gave, and which of them could not. */
export interface GatheredVariables {
  /** Of all providers that answered and are there for every stack; later ones won. */
  readonly variables: StringMap;
  /** For stacks that are granted more than all are, by name: all that such a stack gets. */
  readonly ofStack: Readonly<Record<string, StringMap>>;
  readonly sources: readonly GatheredSource[];
}

export interface GatheredSource {
  readonly label: string;
  mayProvide(name: string, stack: string): boolean | "unknown";
  /** Whether it gave the stack a value for it. */
  gives?(name: string, stack: string): boolean;
  /** Why the provider gave nothing. Only the stacks that need it are stopped. */
  readonly error?: Error;
}

/** Asks all providers side by side. One that fails does not stop the others. */
export async function gatherVariables(
  providers: readonly SecretsProvider[],
  signal: AbortSignal,
): Promise<GatheredVariables> {
  const results = await Promise.allSettled(providers.map((provider) => ask(provider, signal)));
  signal.throwIfAborted();
  const mergeFor = (stack: string | undefined): StringMap =>
    Object.assign(
      Object.create(null),
      ...results.map((result, index) =>
        result.status === "fulfilled" && isFor(providers[index]!, stack) ? result.value : {}
      ),
    );
  const stacks = new Set(providers.flatMap((provider) => provider.stacks ?? []));
  return {
    variables: mergeFor(undefined),
    ofStack: Object.fromEntries([...stacks].map((stack) => [stack, mergeFor(stack)])),
    sources: sourcesOf(providers).map((source, index) => {
      const result = results[index]!;
      if (result.status === "rejected") {
        return { ...source, error: explain(providers[index]!, result.reason) };
      }
      const gives = (name: string, stack: string) =>
        isFor(providers[index]!, stack) && Object.hasOwn(result.value, name);
      return { ...source, gives };
    }),
  };
}

/** The providers as stacks see them, before any is asked for a value. */
export function sourcesOf(providers: readonly SecretsProvider[]): GatheredSource[] {
  return providers.map((provider) => ({
    label: provider.label,
    mayProvide: (name, stack) => isFor(provider, stack) && provider.mayProvide(name),
  }));
}

function isFor({ stacks }: SecretsProvider, stack: string | undefined): boolean {
  return stacks === undefined || (stack !== undefined && stacks.includes(stack));
}

/** Also a provider that throws at once is only one that fails. */
async function ask(provider: SecretsProvider, signal: AbortSignal): Promise<StringMap> {
  return await provider.variables(signal);
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
