/** Logins to registries: of the configuration, else those that `docker login` left on this machine, read anew for each use. */
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { registryHost } from "../compose/registry_host.ts";
import { HomeportError } from "../errors.ts";
import { Secret } from "../secret.ts";

export interface RegistryCredentials {
  readonly username: string;
  readonly password: Secret;
  readonly identityToken?: Secret;
  readonly registryToken?: Secret;
}

export interface LoginSources {
  /** What the configuration has for a registry, by the name that `registryHost` gives it. Wins over Docker's file. */
  readonly credentialsFor: (host: string) => Promise<RegistryCredentials | undefined>;
  /** Folder of Docker's `config.json`, if anywhere. */
  readonly dockerConfig: string | undefined;
}

export type RegistryLogin =
  | { readonly kind: "none" }
  | {
    readonly kind: "login";
    readonly from: "configuration" | "docker";
    readonly credentials: RegistryCredentials;
  }
  /** A program keeps it, and Homeport runs no programs. */
  | { readonly kind: "helper"; readonly helper: string };

interface DockerConfig {
  readonly auths?: Readonly<Record<string, StoredLogin>>;
  readonly credsStore?: string;
  readonly credHelpers?: Readonly<Record<string, string>>;
}

interface StoredLogin {
  /** `user:password` in Base64. */
  readonly auth?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

/** Docker Hub goes by its first address. */
const HUB = "https://index.docker.io/v1/";

/** `domain`: the registry, as an image's name has it or as its address. The login is for this registry and no other. */
export async function findRegistryLogin(
  { credentialsFor, dockerConfig }: LoginSources,
  domain: string,
): Promise<RegistryLogin> {
  const credentials = await credentialsFor(registryHost(domain));
  return credentials === undefined
    ? await findDockerLogin(dockerConfig, domain)
    : { kind: "login", from: "configuration", credentials };
}

/** The value of the header that a pull from this registry carries. */
export function loginHeader(domain: string, credentials: RegistryCredentials): Secret {
  return encodedForHeader(registryAuth(domain, credentials));
}

export interface RegistryAuth {
  readonly username: string;
  readonly password: string;
  readonly identitytoken: string | undefined;
  readonly registrytoken: string | undefined;
  readonly serveraddress: string;
}

/** As the engine has it, with everything revealed. */
export function registryAuth(domain: string, credentials: RegistryCredentials): RegistryAuth {
  const { username, password, identityToken, registryToken } = credentials;
  return {
    username,
    password: password.reveal(),
    identitytoken: identityToken?.reveal(),
    registrytoken: registryToken?.reveal(),
    serveraddress: addressOf(domain),
  };
}

/** Safe for URLs, and yet padded: the engine takes no other form, and says nothing. */
export function encodedForHeader(content: unknown): Secret {
  return new Secret(
    Buffer.from(JSON.stringify(content)).toString("base64").replaceAll("+", "-").replaceAll("/", "_"),
  );
}

function addressOf(domain: string): string {
  return registryHost(domain) === "docker.io" ? HUB : domain;
}

async function findDockerLogin(folder: string | undefined, domain: string): Promise<RegistryLogin> {
  const config = folder === undefined ? undefined : await readConfig(join(folder, "config.json"));
  if (config === undefined) return { kind: "none" };
  const host = hostOf(addressOf(domain));
  const stored = Object.entries(config.auths ?? {}).find(([key]) => hostOf(key) === host)?.[1];
  if (stored?.auth || stored?.identitytoken || stored?.registrytoken) {
    return { kind: "login", from: "docker", credentials: credentialsOf(stored) };
  }
  const helper = config.credHelpers?.[domain] ?? config.credsStore;
  return helper === undefined || helper === "" ? { kind: "none" } : { kind: "helper", helper };
}

/** Every login, as a `config.json` of its own. */
export async function getLogins(folder: string | undefined): Promise<Secret> {
  const { auths = {}, credsStore, credHelpers = {} } =
    (folder === undefined ? undefined : await readConfig(join(folder, "config.json"))) ?? {};
  const helper = credsStore || Object.values(credHelpers)[0];
  if (helper) {
    throw new HomeportError(
      `Cannot hand the logins to registries on: a program keeps them (docker-credential-${helper})`,
      { hint: "keep the logins in Docker's config.json, or mount the engine's socket as a volume instead" },
    );
  }
  const kept = Object.entries(auths).map(([address, { auth, identitytoken, registrytoken }]) =>
    [address, { auth, identitytoken, registrytoken }] as const
  );
  return new Secret(JSON.stringify({ auths: Object.fromEntries(kept) }, null, "\t"));
}

function credentialsOf({ auth = "", identitytoken, registrytoken }: StoredLogin): RegistryCredentials {
  const [username = "", ...password] = Buffer.from(auth, "base64").toString().replace(/\0+$/, "").split(":");
  return {
    username,
    password: new Secret(password.join(":")),
    ...(identitytoken && { identityToken: new Secret(identitytoken) }),
    ...(registrytoken && { registryToken: new Secret(registrytoken) }),
  };
}

/** Keys are addresses in some files and hosts in others. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, "").split("/")[0]!;
}

async function readConfig(path: string): Promise<DockerConfig | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(path)) as DockerConfig;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    const reason = error instanceof SyntaxError ? "it is no JSON" : "it cannot be read";
    throw new HomeportError(`Cannot look for registry logins: ${reason}`, {
      location: { file: path },
      hint: "mend the file, or log in anew (docker login)",
    });
  }
}
