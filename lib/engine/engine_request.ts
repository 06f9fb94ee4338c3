/** What is asked of the engine, and how it is written down. */
import type { Secret } from "../secret.ts";
import type { Exchange } from "./exchange.ts";

export interface EngineRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Without the API's version, such as `/containers/json`. */
  readonly path: string;
  /** A list gives a parameter several times. */
  readonly query?: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly body?: unknown;
  /** A tar archive, in place of a body. */
  readonly archive?: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;
  /** What a pull from a private registry carries. */
  readonly registryLogin?: Secret;
  /** Logins to all registries, which a build carries: JSON in Base64. */
  readonly registryLogins?: Secret;
  readonly signal: AbortSignal;
}

export function toExchange(request: EngineRequest, prefix: string, signal: AbortSignal): Exchange {
  const { method, path, query = {}, body, archive, registryLogin, registryLogins } = request;
  const search = formatQuery(query);
  return {
    method,
    path: `${prefix}${formatPath(path)}${search === "" ? "" : `?${search}`}`,
    headers: {
      ...(archive !== undefined && { "Content-Type": "application/x-tar" }),
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...(registryLogin && { "X-Registry-Auth": registryLogin.reveal() }),
      ...(registryLogins && { "X-Registry-Config": registryLogins.reveal() }),
    },
    data: archive ?? (body === undefined ? undefined : JSON.stringify(body)),
    signal,
  };
}

/** The engine lets a network have any name. */
function formatPath(path: string): string {
  return encodeURI(path).replaceAll("?", "%3F").replaceAll("#", "%23");
}

function formatQuery(query: NonNullable<EngineRequest["query"]>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return (typeof value === "object" ? value : [String(value)]).map((each) => [name, each]);
  });
  return new URLSearchParams(pairs).toString();
}
