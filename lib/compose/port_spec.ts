/** The short notation of a published port: `[[ip:][host]:]container[/protocol]`, ranges included. */
import { isIP } from "./ip_address.ts";
import { describe, problemAt, type Spot } from "./spot.ts";
import { type Mapping, newMapping } from "./value.ts";

/** One long entry for every port. */
export function expandPort(text: string, spot: Spot): Mapping[] {
  const parts = text.split(":");
  const [containerPort, protocolName] = splitProtocol(parts.at(-1)!);
  const hostPort = parts.length > 1 ? parts.at(-2)! : "";
  const address = parseAddress(parts.slice(0, -2).join(":"), text, spot);
  const protocol = protocolName.toLowerCase();
  if (containerPort === "") throw invalid(spot, text, "names no port of the container");
  if (!["tcp", "udp", "sctp"].includes(protocol)) throw invalid(spot, text, `has an unknown protocol`);
  const target = parseRange(containerPort);
  if (target === undefined || target.start === 0) throw invalid(spot, text, "has no valid container port");
  const host = hostPort === "" ? undefined : parseRange(hostPort);
  if (hostPort !== "" && host === undefined) throw invalid(spot, text, "has no valid host port");
  const count = target.end - target.start + 1;
  if (host !== undefined && count > 1 && count !== host.end - host.start + 1) {
    throw invalid(spot, text, "has ranges of different lengths");
  }
  return Array.from({ length: count }, (_, i) => target.start + i)
    .sort((a, b) => String(a) < String(b) ? -1 : 1)
    .map((port) => {
      const long = Object.assign(newMapping(), { mode: "ingress", target: port, protocol });
      if (address !== "") long["host_ip"] = address;
      if (host === undefined) return long;
      const first = host.start + port - target.start;
      // One container port and a range of the host: the engine takes a free one of the range.
      long["published"] = count === 1 && host.end !== host.start ? `${first}-${host.end}` : String(first);
      return long;
    });
}

function splitProtocol(text: string): [string, string] {
  const [port, ...rest] = text.split("/");
  return [port!, rest.join("/") || "tcp"];
}

function parseAddress(address: string, text: string, spot: Spot): string {
  const inBrackets = /^\[([^[\]]*)\]$/.exec(address)?.[1];
  const bare = inBrackets ?? address;
  if (bare === "") return bare;
  if (!isIP(bare)) throw invalid(spot, text, "has an invalid address");
  if (inBrackets === undefined && bare.includes(":")) {
    throw invalid(spot, text, "has an IPv6 address without brackets", `write the address as [${bare}]`);
  }
  return bare;
}

function parseRange(text: string): { start: number; end: number } | undefined {
  const [first, last] = text.split("-");
  const start = parsePort(first!);
  const end = last === undefined ? start : parsePort(last);
  return start === undefined || end === undefined || end < start ? undefined : { start, end };
}

function parsePort(text: string): number | undefined {
  const port = /^\d+$/.test(text) ? Number(text) : NaN;
  return port >= 0 && port <= 65535 ? port : undefined;
}

const NOTATION = "write it as [[ip:]host:]container[/protocol]";

function invalid(spot: Spot, text: string, what: string, hint = NOTATION): Error {
  return problemAt(spot, `Port ${describe(spot, text)} ${what}`, hint);
}
