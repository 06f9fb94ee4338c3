/** The logins that `docker login` left on this machine, read anew for each pull. */
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { HomeportError } from "../errors.ts";
import { Secret } from "../secret.ts";

export type RegistryLogin =
  | { readonly kind: "none" }
  /** The value of the header that a pull carries. */
  | { readonly kind: "login"; readonly header: Secret }
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

/** `folder`: where Docker's `config.json` is, if anywhere. */
export async function findRegistryLogin(folder: string | undefined, domain: string): Promise<RegistryLogin> {
  const config = folder === undefined ? undefined : await readConfig(join(folder, "config.json"));
  if (config === undefined) return { kind: "none" };
  const address = domain === "docker.io" ? HUB : domain;
  const stored = Object.entries(config.auths ?? {}).find(([key]) => hostOf(key) === hostOf(address))?.[1];
  if (stored?.auth || stored?.identitytoken || stored?.registrytoken) {
    return { kind: "login", header: headerOf(stored, address) };
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

function headerOf({ auth = "", identitytoken, registrytoken }: StoredLogin, serveraddress: string): Secret {
  const [username = "", ...password] = Buffer.from(auth, "base64").toString().replace(/\0+$/, "").split(":");
  const login = { username, password: password.join(":"), identitytoken, registrytoken, serveraddress };
  // Safe for URLs, and yet padded: the engine takes no other form.
  return new Secret(
    Buffer.from(JSON.stringify(login)).toString("base64").replaceAll("+", "-").replaceAll("/", "_"),
  );
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
