import { ConfigurationError } from "../errors.ts";
import type { Registries } from "./config.ts";
import type { ValidConfig } from "./valid_config.ts";

/** Credentials that no secrets provider can give: a fetch or a pull that needs one would fail. Only what is sure is a problem. */
export function findUnknownSecrets(
  { repository, registries, hosts, secrets, notifications }: ValidConfig,
  hostNames: readonly string[],
): ConfigurationError[] {
  const find = (what: string, path: string, credentials: object): ConfigurationError[] =>
    secretNames(credentials)
      // What is granted to single stacks is not for Homeport itself.
      .filter((name) => secrets.every((each) => each.stacks !== undefined || each.mayProvide(name) === false))
      .map((name) =>
        new ConfigurationError(`${what} needs secret ${name}, which no provider has`, {
          path,
          hint: `let a provider give it, such as secrets: env(${JSON.stringify(name)}), or correct the name`,
        })
      );
  const findLogins = (path: string, found: Registries) =>
    Object.entries(found).flatMap(([registry, login]) =>
      find(`the login for registry ${registry}`, path, login)
    );
  return [
    ...find("the token for the repository", "repository.auth.token", repository.auth ?? {}),
    ...findLogins("registries", registries),
    ...notifications.flatMap(({ label, credentials }, index) =>
      find(`the notification by ${label}`, `notifications[${index}]`, credentials)
    ),
    ...hostNames.flatMap((name) => findLogins(`hosts.${name}.registries`, hosts[name]!.registries)),
  ];
}

function secretNames(credentials: object): string[] {
  return Object.values(credentials).flatMap((value) =>
    typeof value === "object" && value.kind === "credential-from-secrets" ? [value.name] : []
  );
}
