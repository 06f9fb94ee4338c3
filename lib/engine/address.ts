/** Where the Docker Engine listens, as `DOCKER_HOST` says. */
import { ConfigurationError } from "../errors.ts";

export type EngineAddress =
  | { readonly kind: "unix"; readonly path: string }
  | {
    readonly kind: "tcp";
    readonly host: string;
    readonly port: number;
    readonly tls: TlsFiles | undefined;
  };

/** Contents of the PEM files that `DOCKER_CERT_PATH` holds. */
export interface TlsFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const DEFAULT_SOCKET = "/var/run/docker.sock";
const PLAIN_PORT = 2375;
const TLS_PORT = 2376;

/** Understands `unix:///path`, `tcp://host:port`, `http://…` and `https://…`; without a value it is the usual socket. */
export function parseEngineAddress(dockerHost: string | undefined, tls?: TlsFiles): EngineAddress {
  if (dockerHost === undefined || dockerHost === "") return { kind: "unix", path: DEFAULT_SOCKET };
  const [, scheme = "", rest = ""] = /^([a-z]+):\/\/(.*)$/.exec(dockerHost) ?? [];
  switch (scheme) {
    case "unix":
      if (!rest.startsWith("/")) throw invalid(dockerHost, "the socket's path must be absolute");
      return { kind: "unix", path: rest };
    case "tcp":
      return tcpAddress(dockerHost, rest, tls);
    case "http":
      return tcpAddress(dockerHost, rest, undefined);
    case "https":
      if (tls === undefined) throw invalid(dockerHost, "the client's certificates are missing");
      return tcpAddress(dockerHost, rest, tls);
    case "ssh":
      throw invalid(dockerHost, "ssh:// is not supported");
    case "npipe":
      throw invalid(dockerHost, "Windows' named pipes are not supported");
    default:
      throw invalid(dockerHost, "it is no address");
  }
}

/** The address as a person knows it. */
export function formatEngineAddress(address: EngineAddress): string {
  if (address.kind === "unix") return `unix://${address.path}`;
  const host = address.host.includes(":") ? `[${address.host}]` : address.host;
  return `tcp://${host}:${address.port}`;
}

function tcpAddress(dockerHost: string, rest: string, tls: TlsFiles | undefined): EngineAddress {
  let url: URL;
  try {
    url = new URL(`http://${rest}`);
  } catch {
    throw invalid(dockerHost, "it is no address");
  }
  if (url.pathname !== "/" || url.search !== "") throw invalid(dockerHost, "a path is not supported");
  if (url.username !== "") throw invalid(url.host, "a user is not supported");
  const explicitPort = url.port !== "" ? Number(url.port) : /:80$/.test(rest) ? 80 : undefined;
  const port = explicitPort ?? (tls === undefined ? PLAIN_PORT : TLS_PORT);
  return { kind: "tcp", host: url.hostname.replace(/^\[|\]$/g, ""), port, tls };
}

function invalid(dockerHost: string, reason: string): ConfigurationError {
  return new ConfigurationError(`Cannot use DOCKER_HOST "${dockerHost}": ${reason}`, {
    hint: "set DOCKER_HOST to unix:///path/to/docker.sock or tcp://host:2376",
  });
}
