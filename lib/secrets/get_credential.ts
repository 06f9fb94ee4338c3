import type { CredentialReference, SecretReference } from "../config/config.ts";
import { HomeportError } from "../errors.ts";
import { Secret } from "../secret.ts";
import type { GatheredVariables } from "./gather_variables.ts";
import { checkCredential, resolveCredential } from "./resolve_credential.ts";

export interface SecretSources {
  /** What the secrets providers gave in this pass. */
  readonly secrets: () => Promise<GatheredVariables>;
  /** Told every value, so that nothing prints it. */
  readonly onSecret: (value: string) => void;
}

/**
 * Fetches a credential of Homeport's own, from the host or from the secrets providers, which are asked only if it is theirs.
 *
 * @throws {HomeportError} when it is not there.
 */
export async function getCredential(
  reference: CredentialReference | SecretReference,
  { secrets, onSecret }: SecretSources,
): Promise<Secret> {
  const credential = reference.kind === "credential-from-secrets"
    ? pickSecret(reference, await secrets())
    : await resolveCredential(reference);
  onSecret(credential.reveal());
  return credential;
}

/** What is granted to single stacks is not for Homeport itself. */
const NO_STACK = "";

/** A provider that failed may have had a value that wins over that of another one. */
function pickSecret({ name }: SecretReference, { variables, sources }: GatheredVariables): Secret {
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
  const failed = sources.find((source) => {
    const may = source.error?.(NO_STACK) !== undefined && source.mayProvide(name, NO_STACK);
    return may === "unknown" ? value === undefined : may;
  })?.error?.(NO_STACK);
  if (failed !== undefined) {
    const { hint, location, consequence = "wait" } = failed instanceof HomeportError ? failed : {};
    const message = `no credential: secret ${name}: ${failed.message}`;
    throw new HomeportError(message, { hint, location, consequence, cause: failed });
  }
  if (value !== undefined) return new Secret(checkCredential(value.trim(), `secret ${name}`));
  throw new HomeportError(`no credential: no secrets provider has ${name}`, {
    hint:
      `set ${name} where secrets in stacks.config.ts come from; encrypted files of the repository, and what ` +
      "forStacks() grants, are for stacks alone",
    consequence: "wait",
  });
}
