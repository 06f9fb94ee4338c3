import type { CredentialReference } from "../config/config.ts";
import type { SecretsProvider } from "../config/secrets_provider.ts";
import type { InfisicalClient } from "./infisical/client.ts";
import { faultsOf } from "./infisical/faults.ts";
import { toExpression } from "./name_pattern.ts";
import type { Pace } from "../http/retry.ts";
import { unusableProvider } from "./unusable_provider.ts";

/** What of Infisical the stacks get. */
export interface InfisicalOptions {
  /** The address of Infisical. Default: `https://app.infisical.com`; in the EU `https://eu.infisical.com`, else that of your own server. */
  readonly server?: string;
  /**
   * Allow `http://` to a server in your own network: a private address, a name without a dot, or one that ends with `.lan`, `.local`,
   * `.internal`, `.home` or `.home.arpa`. The client secret and every secret then cross the network in clear. Default: false.
   */
  readonly plainHttp?: boolean;
  /** The client ID of a machine identity with Universal Auth, which may read the folders below. */
  readonly clientId: CredentialReference;
  /** The client secret that belongs to it. */
  readonly clientSecret: CredentialReference;
  /** The project's ID, or its slug; both stand in the project's settings. */
  readonly project: string;
  /** The environment's slug, such as `prod`. */
  readonly environment: string;
  /** Folders of the environment. What a later one has, imports included, wins. Default: `["/"]`. */
  readonly paths?: readonly string[];
  /** Whether the folders below each path count too. A folder's secret wins over one of a folder around it. Default: false. */
  readonly recursive?: boolean;
  /**
   * Which variables come from Infisical, as names or patterns like those of `env()`; others are left out. A stack that uses one that
   * Infisical does not have, or cannot be asked for, is not deployed. Default: all that are there, and none that must be.
   */
  readonly names?: readonly string[];
}

const DEFAULT_SERVER = "https://app.infisical.com";

/**
 * Gives stacks the secrets of an Infisical project, asked for at every pass and kept in memory only.
 *
 * References in secrets are expanded by Infisical; one that leads nowhere stays as it is written, as everywhere in Infisical. A folder's
 * own secret wins over an imported one, and of imports the last. Personal overrides do not count.
 *
 * A folder that gives nothing at all is an error: to Infisical, a folder or environment that does not exist is an empty one.
 *
 * @example
 * ```ts
 * import { fromEnv, infisical } from "./lib/mod.ts";
 *
 * export const secrets = infisical({
 *   server: "https://infisical.example.org",
 *   clientId: fromEnv("INFISICAL_CLIENT_ID"),
 *   clientSecret: fromEnv("INFISICAL_CLIENT_SECRET"),
 *   project: "homelab-x1-y2",
 *   environment: "prod",
 *   paths: ["/shared", "/helium"],
 *   names: ["*_PASSWORD", "*_TOKEN"],
 * });
 * ```
 */
export function infisical(options: InfisicalOptions): SecretsProvider {
  return infisicalAtPace(options);
}

/** For tests, in which waiting must cost no time. */
export function infisicalAtPace(options: InfisicalOptions, pace?: Pace): SecretsProvider {
  const faults = faultsOf(options);
  if (faults.length > 0) return unusableProvider("Infisical", faults);
  const { server = DEFAULT_SERVER, project, environment, names } = options;
  const patterns = names?.map(toExpression);
  const isNamed = (name: string) => patterns?.some((pattern) => pattern.test(name)) ?? true;
  let client: InfisicalClient | undefined;
  let known: ReadonlySet<string> = new Set();
  return {
    label: `Infisical at ${new URL(server).host} (project ${project}, environment ${environment})`,
    async variables({ signal }) {
      const { InfisicalClient, mergeListings } = await import("./infisical/client.ts");
      client ??= new InfisicalClient({ ...options, server }, pace);
      const variables = mergeListings(await client.list(signal), isNamed);
      known = new Set(Object.keys(variables));
      return variables;
    },
    // Without names, what it gave once must still not come from a weaker source while it cannot be reached.
    mayProvide: (name) => patterns === undefined ? known.has(name) || "unknown" : isNamed(name),
    faults,
  };
}
