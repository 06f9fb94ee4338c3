import type { Fault } from "../../config/value_rules.ts";
import { serverFaults } from "../../config/option_faults.ts";
import type { BitwardenServer } from "../bitwarden.ts";

/** The addresses of the two parts of a server that are asked, without a slash at the end. */
export interface ServerAddresses {
  readonly identity: string;
  readonly api: string;
}

/** Source: https://github.com/bitwarden/server, `src/Core/Settings/CloudRegionConfig.cs`. */
const CLOUDS: Readonly<Record<string, ServerAddresses>> = {
  us: { identity: "https://identity.bitwarden.com", api: "https://api.bitwarden.com" },
  eu: { identity: "https://identity.bitwarden.eu", api: "https://api.bitwarden.eu" },
};
const EXAMPLE = "https://bitwarden.example.org";

/** A server of one's own has both parts below one address, unless it is told otherwise. */
export function addressesOf(server: BitwardenServer = "us"): ServerAddresses {
  if (typeof server === "object") return { identity: trimmed(server.identity), api: trimmed(server.api) };
  const base = trimmed(server);
  return findCloud(server) ?? { identity: `${base}/identity`, api: `${base}/api` };
}

export function faultsOfServer(server: unknown = "us", plainHttp?: unknown): Fault[] {
  if (findCloud(server) !== undefined) return [];
  const faults = (address: unknown, place: string, path = "") =>
    serverFaults(address, { place: `bitwarden(): ${place}`, example: `${EXAMPLE}${path}`, plainHttp });
  if (typeof server !== "object" || server === null) return faults(server, "server");
  const { identity, api } = server as Readonly<Record<string, unknown>>;
  return [...faults(identity, "server.identity", "/identity"), ...faults(api, "server.api", "/api")];
}

/** By its short name, or by the address of its web vault. */
function findCloud(server: unknown): ServerAddresses | undefined {
  if (typeof server !== "string") return undefined;
  const region = /^https:\/\/vault\.bitwarden\.(com|eu)\/*$/.exec(server)?.[1]?.replace("com", "us") ??
    server;
  return Object.hasOwn(CLOUDS, region) ? CLOUDS[region] : undefined;
}

function trimmed(address: string): string {
  return address.replace(/\/+$/, "");
}
