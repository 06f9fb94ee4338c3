import type { SecretsProvider } from "../config/secrets_provider.ts";

/**
 * Grants a provider's variables to these stacks of a host, and to no others. Without this, every stack may use what its Compose files
 * name.
 *
 * @param stacks Names of stacks: their folders' names.
 *
 * @example
 * ```ts
 * import { dotenvFiles, env, forStacks } from "./lib/mod.ts";
 *
 * export const secrets = [
 *   env("SMTP_*"),
 *   forStacks(["immich"], dotenvFiles("/etc/homeport/immich.env")),
 * ];
 * ```
 */
export function forStacks(stacks: readonly string[], provider: SecretsProvider): SecretsProvider {
  const { stacks: granted } = provider;
  return {
    ...provider,
    stacks: granted === undefined ? stacks : stacks.filter((name) => granted.includes(name)),
    faults: [...faultsOf(stacks), ...provider.faults ?? []],
  };
}

function faultsOf(stacks: readonly string[]): { message: string; hint: string }[] {
  const hint = 'write names of stacks, such as forStacks(["immich"], …)';
  if (!Array.isArray(stacks) || stacks.length === 0) return [{ message: "forStacks() names no stack", hint }];
  return stacks.filter((name) => typeof name !== "string" || name === "" || name.includes("/"))
    .map((name) => ({ message: `forStacks(): ${JSON.stringify(name)} is not a name of a stack`, hint }));
}
