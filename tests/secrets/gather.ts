import type { SecretsProvider } from "../../lib/config/secrets_provider.ts";
import { type AskOptions, askProviders } from "../../lib/secrets/ask_providers.ts";
import { gather, type GatheredVariables, type GatherOptions } from "../../lib/secrets/gather_variables.ts";

/** Asks providers and puts their answers together, as one pass does. */
export async function gatherVariables(
  providers: readonly SecretsProvider[],
  options: AskOptions & GatherOptions,
): Promise<GatheredVariables> {
  return await gather(await askProviders(providers, options), options);
}
