import type { Registries, RegistryConfig, RegistryCredential } from "../config/config.ts";
import { HomeportError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { getCredential, type SecretSources } from "./get_credential.ts";

/** What a registry is shown: a user and a password, or an identity token. */
export interface RegistryCredentials {
  readonly username: string;
  readonly password: Secret;
  readonly identityToken?: Secret;
}

export interface CredentialSources extends SecretSources {
  /** By the registry's one name, as `registryHost` gives it. */
  readonly registries: Registries;
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

async function resolve(login: RegistryConfig, sources: SecretSources): Promise<RegistryCredentials> {
  const get = (reference: RegistryCredential): Promise<Secret> => getCredential(reference, sources);
  if ("identityToken" in login) {
    return { username: "", password: new Secret(""), identityToken: await get(login.identityToken) };
  }
  const { username, password } = login;
  return {
    username: typeof username === "string" ? username : (await get(username)).reveal(),
    password: await get(password),
  };
}
