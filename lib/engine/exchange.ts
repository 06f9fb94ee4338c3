/** One request to the Docker Engine and its answer, over HTTP. */
import type { EngineAddress } from "./address.ts";

export interface Exchange {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | undefined;
  readonly signal: AbortSignal;
}

/** Throws where the certificates are none. */
export function openClient(address: EngineAddress): Deno.HttpClient {
  return Deno.createHttpClient({
    // A connection for each request: one that waits for the next may lead to an engine that has gone meanwhile.
    poolMaxIdlePerHost: 0,
    // The engine hands connections over, which HTTP/2 has no way for.
    http2: false,
    ...placeOf(address),
  });
}

/** Gives the answer as soon as it begins. Its body is the caller's to read or to cancel. */
export function exchange(
  client: Deno.HttpClient,
  address: EngineAddress,
  { path, headers, data, ...rest }: Exchange,
): Promise<Response> {
  return fetch(originOf(address) + path, {
    ...rest,
    client,
    // What stands between it and Homeport may hold compressed events back.
    headers: { "Accept-Encoding": "identity", ...headers },
    body: data ?? null,
    redirect: "manual",
  });
}

type Place = Pick<Deno.CreateHttpClientOptions, "proxy" | "caCerts"> | Deno.TlsCertifiedKeyPem;

function placeOf(address: EngineAddress): Place {
  if (address.kind === "unix") return { proxy: { transport: "unix", path: address.path } };
  const { tls, port } = address;
  // Deno speaks no TLS over what it is told to connect to.
  if (tls !== undefined) return { caCerts: [tls.ca], cert: tls.cert, key: tls.key };
  return { proxy: { transport: "tcp", hostname: hostOf(address), port } };
}

function originOf(address: EngineAddress): string {
  if (address.kind === "unix") return "http://localhost";
  // Without TLS the port is known already, and one that browsers may not use may be used.
  return address.tls === undefined
    ? `http://${hostOf(address)}`
    : `https://${hostOf(address)}:${address.port}`;
}

function hostOf({ host }: Extract<EngineAddress, { readonly kind: "tcp" }>): string {
  return host.includes(":") ? `[${host}]` : host;
}
