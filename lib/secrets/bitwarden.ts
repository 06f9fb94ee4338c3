import type { CredentialReference } from "../config/config.ts";
import type { SecretsProvider } from "../config/secrets_provider.ts";
import { toExpression } from "./name_pattern.ts";
import { addressesOf, faultsOfServer, type ServerAddresses } from "./bitwarden/server_addresses.ts";
import { credentialFaults, plainHttpFaults } from "../config/option_faults.ts";
import type { Pace } from "../http/retry.ts";
import { unusableProvider } from "./unusable_provider.ts";

/** Which secrets of Bitwarden Secrets Manager are taken, and with which machine account. */
export interface BitwardenOptions {
  /** The access token of a machine account. It reads what the account may read, and needs no write access. */
  readonly accessToken: CredentialReference;
  /** The name or the ID of the one project to take. Default: every secret that the machine account may read. */
  readonly project?: string;
  /** The names or the IDs of several projects, in place of `project`. */
  readonly projects?: readonly string[];
  /** The ID of the organization that the access token must belong to. Default: whichever it belongs to. */
  readonly organization?: string;
  /** Where the organization lives. Default: `"us"`, which is bitwarden.com. */
  readonly server?: BitwardenServer;
  /**
   * Allow `http://` to a server in your own network: a private address, a name without a dot, or one that ends with `.lan`, `.local`,
   * `.internal`, `.home` or `.home.arpa`. The log-in then crosses the network in clear; secrets are encrypted all the same. Default: false.
   */
  readonly plainHttp?: boolean;
  /** Names of secrets to leave out, with `*` for any characters and `?` for one: those that are not meant as variables. */
  readonly ignore?: readonly string[];
}

/**
 * `"us"`: bitwarden.com; `"eu"`: bitwarden.eu; else the address of a server of one's own, such as `"https://bitwarden.example.org"`, or
 * the addresses of its two parts where they are not at `/identity` and `/api` there.
 */
export type BitwardenServer = string | { readonly identity: string; readonly api: string };

/** What Compose takes as a variable's name in an env file. */
const NAME = /^[_.\-[\]\p{L}\p{N}]+$/u;

/**
 * Gives stacks the secrets of Bitwarden Secrets Manager: a secret's name there is the variable's name here.
 *
 * They are fetched once a pass, decrypted in memory and never written down. While Bitwarden cannot be reached, the stacks that need a
 * secret stay as they run.
 *
 * A name that two of the secrets have is an error, and so is one that cannot be a variable's, such as one with a space; `ignore` leaves
 * such secrets out.
 *
 * @example
 * ```ts
 * import { bitwarden, fromFile } from "./lib/mod.ts";
 *
 * export const secrets = bitwarden({
 *   accessToken: fromFile("/etc/homeport/bitwarden-token"),
 *   project: "homelab",
 *   server: "eu",
 * });
 * ```
 */
export function bitwarden(options: BitwardenOptions): SecretsProvider {
  return bitwardenAtPace(options);
}

/** For tests, in which waiting must cost no time. */
export function bitwardenAtPace(options: BitwardenOptions, pace?: Pace): SecretsProvider {
  const faults = faultsOf(options);
  if (faults.length > 0) return unusableProvider("Bitwarden", faults);
  const ignored = (options.ignore ?? []).map(toExpression);
  const isIgnored = (name: string) => ignored.some((pattern) => pattern.test(name));
  const server = addressesOf(options.server);
  const projects = options.project === undefined ? options.projects : [options.project];
  let known: ReadonlySet<string> = new Set();
  return {
    label: labelOf(server, projects),
    async variables({ signal }) {
      const { fetchVariables } = await import("./bitwarden/fetch_variables.ts");
      const { accessToken, organization } = options;
      const isName = (name: string) => NAME.test(name);
      const wanted = { accessToken, organization, server, projects, isIgnored, isName };
      const variables = await fetchVariables(wanted, signal, pace);
      known = new Set(Object.keys(variables));
      return variables;
    },
    // What it gave once must not come from a weaker source while it cannot be reached.
    mayProvide: (name) => NAME.test(name) && !isIgnored(name) && (known.has(name) || "unknown"),
    faults,
  };
}

type Faults = NonNullable<SecretsProvider["faults"]>;

function faultsOf(options: BitwardenOptions): Faults {
  const { accessToken, project, projects, organization, server, plainHttp, ignore = [] } = { ...options };
  const faults = credentialFaults("bitwarden(): accessToken", accessToken);
  if (project !== undefined && projects !== undefined) {
    const hint = "list every project in projects";
    faults.push({ message: "bitwarden(): project and projects are both given", hint });
  }
  const chosen = project === undefined ? projects : [project];
  const areNames = Array.isArray(chosen) && chosen.length > 0 && chosen.every(isText);
  if (chosen !== undefined && !areNames) {
    const hint = 'write project: "homelab", or projects: ["homelab", "media"], or leave it out for all';
    faults.push({ message: "bitwarden(): not a name or an ID of a project", hint });
  }
  if (organization !== undefined && !UUID.test(organization)) {
    const hint = "take the ID from the address of the organization's Secrets Manager, or leave it out";
    faults.push({ message: "bitwarden(): organization is not an ID", hint });
  }
  if (!Array.isArray(ignore) || !ignore.every(isText)) {
    faults.push({ message: "bitwarden(): ignore is not a list of names", hint: 'write ignore: ["My note"]' });
  }
  return [...faults, ...faultsOfServer(server, plainHttp), ...plainHttpFaults("bitwarden()", plainHttp)];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function labelOf({ api }: ServerAddresses, projects: readonly string[] | undefined): string {
  const chosen = projects === undefined ? "" : ` (${projects.join(", ")})`;
  return `Bitwarden at ${new URL(api).host}${chosen}`;
}
