/** Logins to registries, as the builders ask for them. */
import { Buffer } from "node:buffer";
import type { StringMap } from "../../compose/project.ts";
import { Secret } from "../../secret.ts";
import { imagesOfDockerfile } from "../../stacks/dockerfile_images.ts";
import { parseImage } from "../image_reference.ts";
import { findRegistryLogin } from "../registry_login.ts";

/** The host that Docker Hub's images really come from. */
const HUB_HOST = "registry-1.docker.io";

interface Login {
  readonly username: string;
  readonly password: string;
  readonly identitytoken?: string;
  readonly serveraddress: string;
}

/** For BuildKit: user and password, or a token in the password's place. `host`: that of the request. */
export async function findCredentials(
  dockerConfig: string | undefined,
  host: string,
): Promise<{ readonly username: string; readonly secret: Secret } | undefined> {
  const login = await findLogin(dockerConfig, host === HUB_HOST ? "docker.io" : host);
  if (login === undefined) return undefined;
  const { username, password, identitytoken } = login;
  return identitytoken
    ? { username: "", secret: new Secret(identitytoken) }
    : { username, secret: new Secret(password) };
}

/** For the older builder: the logins to the registries of the Dockerfile's images, which it gets beforehand. */
export async function loginsFor(
  dockerConfig: string | undefined,
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
  const logins = await Promise.all(
    [...new Set(images.map((image) => parseImage(image).domain))].map((domain) =>
      findLogin(dockerConfig, domain)
    ),
  );
  const byAddress = logins.flatMap((login) =>
    login === undefined ? [] : [[login.serveraddress, login] as const]
  );
  const text = Buffer.from(JSON.stringify(Object.fromEntries(byAddress))).toString("base64");
  // Safe for URLs, and yet padded: the engine takes no other form, and says nothing.
  return new Secret(text.replaceAll("+", "-").replaceAll("/", "_"));
}

async function findLogin(dockerConfig: string | undefined, domain: string): Promise<Login | undefined> {
  const login = await findRegistryLogin(dockerConfig, domain);
  if (login.kind !== "login") return undefined;
  return JSON.parse(Buffer.from(login.header.reveal(), "base64url").toString()) as Login;
}
