/** The providers as stacks see them. */
import type { EncryptedFiles, ProviderContext, SecretsProvider } from "../config/secrets_provider.ts";
import { coveredBy, namesBeside, type RepositoryFiles } from "./open_files.ts";

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

/** Before any is asked for a value. */
export async function sourcesOf(
  providers: readonly SecretsProvider[],
  context: ProviderContext,
  repository?: RepositoryFiles,
): Promise<GatheredSource[]> {
  const sources = await Promise.all(providers.map(async (provider) => {
    const encrypted = repository && await provider.inRepository?.(context);
    if (encrypted === undefined) return [ownSource(provider)];
    return [ownSource(provider), besideSource(provider, encrypted, coveredBy(encrypted, repository!))];
  }));
  return sources.flat();
}

export function ownSource(provider: SecretsProvider): GatheredSource {
  return {
    label: provider.label,
    mayProvide: (name, stack) => isFor(provider, stack) && provider.mayProvide(name),
  };
}

/** The files beside the stacks, apart from what else the provider has: where the one fails, the other may not. */
export function besideSource(
  provider: SecretsProvider,
  encrypted: EncryptedFiles,
  covered: RepositoryFiles,
): GatheredSource {
  const { names, failures } = namesBeside(encrypted, covered);
  return {
    label: provider.label,
    mayProvide: (name, stack) =>
      isFor(provider, stack) && (names[stack]?.has(name) || (stack in failures && "unknown")),
    error: (stack) => isFor(provider, stack) ? failures[stack] : undefined,
  };
}

export function isFor({ stacks }: SecretsProvider, stack: string | undefined): boolean {
  return stacks === undefined || (stack !== undefined && stacks.includes(stack));
}
