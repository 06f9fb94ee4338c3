import { ConfigurationError } from "../errors.ts";
import type { Registries, RegistryConfig } from "./config.ts";
import type { ValidConfig } from "./valid_config.ts";

/** Credentials that no secrets provider can give: a pull that needs one would fail. Only what is sure is a problem. */
export function findUnknownSecrets(
  { registries, hosts, secrets }: ValidConfig,
  hostNames: readonly string[],
): ConfigurationError[] {
  const find = (path: string, found: Registries) =>
    Object.entries(found).flatMap(([registry, login]) =>
      secretNames(login).filter((name) => secrets.every((provider) => provider.mayProvide(name) === false))
        .map((name) =>
          new ConfigurationError(
            `the login for registry ${registry} needs secret ${name}, which no provider has`,
            {
              path,
              hint: `let a provider give it, such as secrets: env(${
                JSON.stringify(name)
              }), or correct the name`,
            },
          )
        )
    );
  return [
    ...find("registries", registries),
    ...hostNames.flatMap((name) => find(`hosts.${name}.registries`, hosts[name]!.registries)),
  ];
}

function secretNames(login: RegistryConfig): string[] {
  return Object.values(login).flatMap((value) =>
    typeof value === "object" && value.kind === "credential-from-secrets" ? [value.name] : []
  );
}
