import type { SecretsProvider } from "../config/secrets_provider.ts";
import type { StringMap } from "../compose/project.ts";
import { toExpression } from "./name_pattern.ts";

/**
 * Gives stacks variables of Homeport's own process: those that are named here, and no others.
 *
 * A stack that uses a variable that is named here and not set is not deployed, rather than with a blank in its place.
 *
 * @param names Names, or patterns in which `*` stands for any characters and `?` for one: `env("DB_PASSWORD", "SMTP_*")`.
 *
 * @example
 * ```ts
 * import { env } from "./lib/mod.ts";
 *
 * export const secrets = env("DB_PASSWORD", "SMTP_*");
 * ```
 */
export function env(...names: readonly string[]): SecretsProvider {
  const faults = faultsOf(names);
  const patterns = faults.length > 0 ? [] : names.map(toExpression);
  const isNamed = (name: string) => patterns.some((pattern) => pattern.test(name));
  return {
    label: "the environment",
    variables: () => Promise.resolve(hasPattern(names) ? valuesOfAll(isNamed) : valuesOf(names)),
    mayProvide: isNamed,
    faults,
  };
}

function faultsOf(names: readonly string[]): { message: string; hint: string }[] {
  const hint = 'write names or patterns of variables, such as env("DB_PASSWORD", "SMTP_*")';
  if (names.length === 0) return [{ message: "env() names no variable", hint }];
  return names.filter((name) => typeof name !== "string" || !/^[A-Za-z_*?][A-Za-z0-9_*?]*$/.test(name))
    .map((name) => ({ message: `env(): ${JSON.stringify(name)} is not a name of a variable`, hint }));
}

function hasPattern(names: readonly string[]): boolean {
  return names.some((name) => /[*?]/.test(name));
}

/** Reads the named variables alone, so that permission for these is enough. */
function valuesOf(names: readonly string[]): StringMap {
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

function valuesOfAll(isNamed: (name: string) => boolean): StringMap {
  return Object.fromEntries(Object.entries(Deno.env.toObject()).filter(([name]) => isNamed(name)));
}
