import type { SecretsProvider } from "../config/secrets_provider.ts";
import { ConfigurationError } from "../errors.ts";

/** In the place of a provider whose options are wrong. The validation of the configuration reports the faults before anybody asks it. */
export function unusableProvider(
  label: string,
  faults: NonNullable<SecretsProvider["faults"]>,
): SecretsProvider {
  const { message, hint } = faults[0]!;
  const variables = () => Promise.reject(new ConfigurationError(message, { hint }));
  return { label, variables, mayProvide: () => "unknown", faults };
}
