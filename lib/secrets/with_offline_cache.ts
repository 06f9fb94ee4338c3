import type { Duration } from "../config/config.ts";
import { findMilliseconds } from "../config/duration.ts";
import type { SecretsProvider } from "../config/secrets_provider.ts";

/**
 * Keeps what a provider gave last in the data folder, encrypted with the host's own key, and uses it while the provider cannot be asked.
 * A warning says so. Without this, stacks that need the provider wait as they run.
 *
 * @param provider Whose variables are kept.
 * @param options `maxAge`: how old they may be, such as `"12h"`. Default: `"24h"`.
 *
 * @example
 * ```ts
 * import { dotenvFiles, withOfflineCache } from "./lib/mod.ts";
 *
 * export const secrets = withOfflineCache(dotenvFiles("/mnt/nas/secrets.env"), { maxAge: "12h" });
 * ```
 */
export function withOfflineCache(
  provider: SecretsProvider,
  { maxAge = "24h" }: { readonly maxAge?: Duration } = {},
): SecretsProvider {
  const milliseconds = findMilliseconds(maxAge);
  return {
    ...provider,
    ...(milliseconds !== undefined && { maxAgeOffline: milliseconds }),
    faults: [...faultsOf(maxAge, milliseconds), ...provider.faults ?? []],
  };
}

function faultsOf(maxAge: unknown, milliseconds: number | undefined): { message: string; hint: string }[] {
  return milliseconds === undefined
    ? [{
      message: `withOfflineCache(): ${JSON.stringify(maxAge)} is not a duration`,
      hint: 'write numbers with units, such as "12h"',
    }]
    : [];
}
