import type { StringMap } from "../compose/project.ts";
import type { ProviderContext, SecretsProvider } from "../config/secrets_provider.ts";
import { HomeportError, messageOf } from "../errors.ts";
import { findVariables, keepVariables } from "./offline_cache.ts";

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

/** Asks all providers side by side. One that fails does not stop the others. */
export async function askProviders(
  providers: readonly SecretsProvider[],
  options: AskOptions,
): Promise<readonly Answer[]> {
  const answers = await Promise.all(providers.map((provider) => ask(provider, options)));
  options.signal.throwIfAborted();
  return answers;
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
    const error = explainFailure(provider, cause);
    const kept = maxAgeOffline === undefined ? undefined : findVariables(dataDir, label);
    if (kept === undefined || time - kept.time > maxAgeOffline!) return { provider, values: {}, error };
    const stale = `secrets are those of ${new Date(kept.time).toISOString()}: ${error.message}`;
    return { provider, values: kept.variables, stale };
  }
}

/** In the words of whom it concerns: which provider failed, and what follows. */
export function explainFailure(provider: SecretsProvider, cause: unknown): HomeportError {
  const known = cause instanceof HomeportError ? cause : undefined;
  const message = messageOf(cause);
  return new HomeportError(`secrets from ${provider.label}: ${message}`, {
    hint: known?.hint ?? "mend it; stacks that need these secrets wait meanwhile",
    location: known?.location,
    consequence: known?.consequence === "retry" ? "retry" : "wait",
    cause,
  });
}
