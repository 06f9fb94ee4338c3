import { absolutePath, type Fault, quote, variableName } from "./value_rules.ts";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * What is wrong with a credential among the options of a builder. The value is not shown: it may be the credential itself.
 *
 * @param fromSecrets Whether it may be a reference to a secrets provider, too. A provider cannot ask itself.
 */
export function credentialFaults(place: string, reference: unknown, fromSecrets = false): Fault[] {
  const hint = `write fromEnv("…")${fromSecrets ? "," : " or"} fromFile("/etc/homeport/…")${
    fromSecrets ? ' or fromSecrets("…")' : ""
  }`;
  if (reference === undefined) return [{ message: `${place} is required, and missing`, hint }];
  if (typeof reference === "string") {
    return [{ message: `${place}: a credential is a reference, never a literal`, hint }];
  }
  const { kind, name, path } = { ...reference as Readonly<Record<string, unknown>> };
  const isVariable = kind === "credential-from-env" || (fromSecrets && kind === "credential-from-secrets");
  const odd = isVariable && typeof name === "string"
    ? variableName(name) && "not a name of a variable"
    : kind === "credential-from-file" && typeof path === "string"
    ? absolutePath(path) && "not an absolute path"
    : "not a reference to a credential";
  return odd ? [{ message: `${place}: ${odd}`, hint }] : [];
}

/** What is wrong with the paths that a provider was given. */
export function pathFaults(builder: string, paths: unknown, hint: string): Fault[] {
  if (!Array.isArray(paths)) return [{ message: `${builder}: not a list of paths`, hint }];
  return paths.filter((path) => typeof path !== "string" || absolutePath(path) !== undefined)
    .map((path) => ({ message: `${builder}: ${JSON.stringify(path)} is not an absolute path`, hint }));
}

/** Where an address may be asked without TLS. */
export interface ServerPlace {
  /** Such as `infisical(): server`. */
  readonly place: string;
  readonly example: string;
  readonly plainHttp: unknown;
  /** The address may go on behind a `?`. */
  readonly mayHaveQuery?: boolean;
}

/** What is wrong with the address of a server that is sent a credential. */
export function serverFaults(
  address: unknown,
  { place, example, plainHttp, mayHaveQuery = false }: ServerPlace,
): Fault[] {
  const fault = (
    message: string,
    hint = `write it such as "${example}"`,
  ) => [{ message: `${place}${message}`, hint }];
  const url = typeof address === "string" && address === address.trim() ? URL.parse(address) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return fault(" is not an http(s) address");
  if (url.username !== "" || url.password !== "") {
    return fault(`: the address of ${url.host} holds a credential`);
  }
  if ((url.search !== "" && !mayHaveQuery) || url.hash !== "") {
    return fault(`: the address of ${url.host} has a query or a fragment`);
  }
  if (url.protocol === "https:" || LOOPBACK.test(url.hostname)) return [];
  const unencrypted = `: ${
    quote(mayHaveQuery ? url.origin : url.href)
  } is not encrypted: anyone on the network could read the credential`;
  if (!isPrivate(url.hostname)) return fault(unencrypted, "use https://");
  return plainHttp === true
    ? []
    : fault(unencrypted, "use https://, or write plainHttp: true if you trust everyone on this network");
}

export function plainHttpFaults(provider: string, plainHttp: unknown): Fault[] {
  return plainHttp === undefined || typeof plainHttp === "boolean"
    ? []
    : [{ message: `${provider}: plainHttp is neither true nor false`, hint: "write true or leave it out" }];
}

export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** Addresses and names that only a private network has. */
export function isPrivate(hostname: string): boolean {
  const host = hostname.replace(/\.$/, "");
  if (host.startsWith("[")) return /^\[f[cd]|^\[fe[89ab]/.test(host);
  if (/^[\d.]+$/.test(host)) return PRIVATE_IPV4.test(host);
  return !host.includes(".") || /\.(?:lan|local|internal|home|home\.arpa)$/.test(host);
}

/** RFC 1918, link-local, and the range of carriers (RFC 6598), which overlay networks use. */
const PRIVATE_IPV4 =
  /^(?:10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/;
