import type { Registries, RegistryConfig, RegistryCredential, SecretReference } from "../config/config.ts";
import { HomeportError } from "../errors.ts";
import { Secret } from "../secret.ts";
import type { GatheredVariables } from "./gather_variables.ts";
import { checkCredential, resolveCredential } from "./resolve_credential.ts";

/** What a registry is shown: a user and a password, or an identity token. */
export interface RegistryCredentials {
  readonly username: string;
  readonly password: Secret;
  readonly identityToken?: Secret;
}

export interface CredentialSources {
  /** By the registry's one name, as `registryHost` gives it. */
  readonly registries: Registries;
  /** What the secrets providers gave in this pass. */
  readonly secrets: () => Promise<GatheredVariables>;
  /** Told every value, so that nothing prints it. */
  readonly onSecret: (value: string) => void;
}

/**
 * The credentials for one registry, looked up when a pull needs them; `undefined` where the configuration has none.
 *
 * @throws {HomeportError} when one is missing: only the stacks that need this registry wait for it.
 */
export async function findRegistryCredentials(
  host: string,
  sources: CredentialSources,
): Promise<RegistryCredentials | undefined> {
  const { registries } = sources;
  if (!Object.hasOwn(registries, host)) return undefined;
  try {
    return await resolve(registries[host]!, sources);
  } catch (error) {
    if (!(error instanceof HomeportError)) throw error;
    const { message, hint, location, consequence, cause } = error;
    const details = { hint, location, consequence, cause };
    throw new HomeportError(`Cannot log in to registry ${host}: ${message}`, details);
  }
}

async function resolve(login: RegistryConfig, sources: CredentialSources): Promise<RegistryCredentials> {
  const get = async (reference: RegistryCredential): Promise<Secret> => {
    const secret = reference.kind === "credential-from-secrets"
      ? fromSecrets(reference, await sources.secrets())
      : await resolveCredential(reference);
    sources.onSecret(secret.reveal());
    return secret;
  };
  if ("identityToken" in login) {
    return { username: "", password: new Secret(""), identityToken: await get(login.identityToken) };
  }
  const { username, password } = login;
  return {
    username: typeof username === "string" ? username : (await get(username)).reveal(),
    password: await get(password),
  };
}

/** A provider that failed may have had a value that wins over that of another one. */
function fromSecrets({ name }: SecretReference, { variables, sources }: GatheredVariables): Secret {
  const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
  const failed = sources.find((source) => {
    const may = source.error === undefined ? false : source.mayProvide(name);
    return may === "unknown" ? value === undefined : may;
  })?.error;
  if (failed !== undefined) {
    throw new HomeportError(`no credential: secret ${name}: ${failed.message}`, {
      hint: failed instanceof HomeportError ? failed.hint : undefined,
      consequence: failed instanceof HomeportError ? failed.consequence : "wait",
      cause: failed,
    });
  }
  if (value !== undefined) return new Secret(checkCredential(value.trim(), `secret ${name}`));
  throw new HomeportError(`no credential: no secrets provider has ${name}`, {
    hint: `set ${name} where secrets in stacks.config.ts come from`,
    consequence: "wait",
  });
}
