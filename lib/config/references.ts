import type { CredentialReference, SecretReference } from "./config.ts";
import type { FolderLayout } from "../stacks/stack.ts";

/**
 * A host's stacks are the direct subfolders of this folder of the repository: each that has a Compose file is a stack of the
 * subfolder's name. A `stack.yml` in the folder itself may give `startup_order` and `envs`.
 *
 * @param path `/`-separated, relative to the repository: `"servers/helium"`; `"."` is the repository itself.
 *
 * @example
 * ```ts
 * import { folder } from "./lib/mod.ts";
 *
 * export const helium = { stacks: folder("servers/helium") };
 * ```
 */
export function folder(path: string): FolderLayout {
  return { kind: "folder", path };
}

/**
 * A credential that a variable of Homeport's own process holds when it is needed. Stacks do not see the variable.
 *
 * @param name The variable's name, such as `"GIT_TOKEN"`.
 *
 * @example
 * ```ts
 * import { fromEnv } from "./lib/mod.ts";
 *
 * export const auth = { token: fromEnv("GIT_TOKEN") };
 * ```
 */
export function fromEnv(name: string): CredentialReference {
  return { kind: "credential-from-env", name };
}

/**
 * A credential that a file of the host holds when it is needed. Space and line breaks around it do not count.
 *
 * @param path An absolute path, such as `"/etc/homeport/git-token"`.
 *
 * @example
 * ```ts
 * import { fromFile } from "./lib/mod.ts";
 *
 * export const auth = { token: fromFile("/etc/homeport/git-token") };
 * ```
 */
export function fromFile(path: string): CredentialReference {
  return { kind: "credential-from-file", path };
}

/**
 * A credential for a registry or the repository that one of the secrets providers gives, as it gives variables to stacks.
 *
 * @param name The variable's name, such as `"GHCR_TOKEN"`.
 *
 * @example
 * ```ts
 * import { dotenvFiles, fromSecrets } from "./lib/mod.ts";
 *
 * export const secrets = dotenvFiles("/etc/homeport/secrets.env");
 * export const registries = { "ghcr.io": { username: "me", password: fromSecrets("GHCR_TOKEN") } };
 * export const auth = { token: fromSecrets("GIT_TOKEN") };
 * ```
 */
export function fromSecrets(name: string): SecretReference {
  return { kind: "credential-from-secrets", name };
}
