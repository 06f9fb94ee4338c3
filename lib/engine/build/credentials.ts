/** Logins to registries, as the builders ask for them. */
import type { StringMap } from "../../compose/project.ts";
import type { Secret } from "../../secret.ts";
import { imagesOfDockerfile } from "../../stacks/dockerfile_images.ts";
import { parseImage } from "../../plan/image_reference.ts";
import { encodedForHeader, findRegistryLogin, type LoginSources, registryAuth } from "../registry_login.ts";

/** The host that Docker Hub's images really come from. */
const HUB_HOST = "registry-1.docker.io";

/** For BuildKit: user and password, or a token in the password's place. `host`: that of the request. */
export async function findCredentials(
  logins: LoginSources,
  host: string,
): Promise<{ readonly username: string; readonly secret: Secret } | undefined> {
  const login = await findRegistryLogin(logins, host === HUB_HOST ? "docker.io" : host);
  if (login.kind !== "login") return undefined;
  const { username, password, identityToken } = login.credentials;
  return identityToken === undefined
    ? { username, secret: password }
    : { username: "", secret: identityToken };
}

/** For the older builder: the logins to the registries of the Dockerfile's images, which it gets beforehand. */
export async function loginsFor(
  logins: LoginSources,
  dockerfile: string,
  args: StringMap,
): Promise<Secret> {
  const defaults = [...dockerfile.matchAll(/^\s*ARG\s+(\w+)=["']?([^\s"']*)/gim)];
  const values: StringMap = {
    ...Object.fromEntries(defaults.map(([, name, value]) => [name, value])),
    ...args,
  };
  const images = imagesOfDockerfile(dockerfile).map((image) =>
    image.replace(/\$\{?(\w+)\}?/g, (_, name: string) => values[name] ?? "")
  );
  const found = await Promise.all(
    [...new Set(images.map((image) => parseImage(image).domain))].map(async (domain) => {
      const login = await findRegistryLogin(logins, domain);
      return login.kind === "login" ? [registryAuth(domain, login.credentials)] : [];
    }),
  );
  const byAddress = found.flat().map((auth) => [auth.serveraddress, auth] as const);
  return encodedForHeader(Object.fromEntries(byAddress));
}
