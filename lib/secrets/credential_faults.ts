import { absolutePath, variableName } from "../config/value_rules.ts";

/**
 * What is wrong with a reference to a credential among a provider's arguments. The value is not shown: a person may have put the
 * credential itself there.
 *
 * @param name Such as `infisical({ clientSecret })`.
 */
export function credentialFaults(reference: unknown, name: string): { message: string; hint: string }[] {
  const fault = faultOf(reference);
  const hint = 'write fromEnv("NAME_OF_A_VARIABLE") or fromFile("/etc/homeport/credential")';
  return fault === undefined ? [] : [{ message: `${name}: ${fault}`, hint }];
}

function faultOf(reference: unknown): string | undefined {
  if (reference === undefined) return "required, and missing";
  if (typeof reference === "string") return "a credential is a reference, never a literal";
  const { kind, name, path } = (reference ?? {}) as Readonly<Record<string, unknown>>;
  if (kind === "credential-from-env" && typeof name === "string") {
    return variableName(name) && "not a name of a variable";
  }
  if (kind === "credential-from-file" && typeof path === "string") {
    return absolutePath(path) && "not an absolute path";
  }
  return "not a reference to a credential";
}
