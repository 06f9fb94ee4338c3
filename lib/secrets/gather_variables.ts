import type { StringMap } from "../compose/project.ts";
import type { SecretsProvider } from "../config/secrets_provider.ts";
import { HomeportError } from "../errors.ts";

/** What the providers gave, and which of them could not. */
export interface GatheredVariables {
  /** Of all providers that answered; later ones won. */
  readonly variables: StringMap;
  readonly sources: readonly GatheredSource[];
}

export interface GatheredSource {
  readonly label: string;
  mayProvide(name: string): boolean | "unknown";
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
  const variables: Record<string, string> = Object.create(null);
  const sources = results.map((result, index): GatheredSource => {
    const provider = providers[index]!;
    const source = { label: provider.label, mayProvide: (name: string) => provider.mayProvide(name) };
    if (result.status === "rejected") return { ...source, error: explain(provider, result.reason) };
    Object.assign(variables, result.value);
    return source;
  });
  return { variables, sources };
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
