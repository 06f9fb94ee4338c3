/** Host ports that the stacks of one host publish, and which of them cannot all be had. */
import type { Port, Service } from "../compose/project.ts";
import type { Location } from "../errors.ts";
import type { DesiredStack } from "./desired_stack.ts";

export interface PublishedPort {
  readonly stack: string;
  readonly service: string;
  /** `services.web.ports[0]` */
  readonly path: string;
  readonly location: Location | undefined;
  readonly ip: string;
  readonly protocol: string;
  /** First and last port; the engine takes one of them. */
  readonly first: number;
  readonly last: number;
}

export interface PortConflict {
  readonly one: PublishedPort;
  readonly other: PublishedPort;
  /** `false`: a range overlaps, of which the engine may find another port. */
  readonly certain: boolean;
}

export function publishedPorts(stack: DesiredStack): PublishedPort[] {
  return Object.values(stack.project.services).flatMap((service) => portsOf(stack, service));
}

/** Every pair of ports that want the same address. */
export function findPortConflicts(ports: readonly PublishedPort[]): PortConflict[] {
  const sorted = [...ports].sort((one, other) => one.first - other.first);
  const conflicts: PortConflict[] = [];
  sorted.forEach((one, index) => {
    for (const other of sorted.slice(index + 1)) {
      if (other.first > one.last) break;
      if (one.protocol !== other.protocol || !overlap(one.ip, other.ip)) continue;
      conflicts.push({ one, other, certain: isSingle(one) && isSingle(other) });
    }
  });
  return conflicts;
}

/** `0.0.0.0:80/tcp` */
export function formatPort({ ip, first, last, protocol }: PublishedPort): string {
  const address = ip === "" ? "" : ip.includes(":") ? `[${ip}]:` : `${ip}:`;
  return `${address}${first === last ? first : `${first}-${last}`}/${protocol}`;
}

function portsOf({ name: stack, locate }: DesiredStack, service: Service): PublishedPort[] {
  if (service.network_mode === "host") return [];
  const containers = service.scale ?? service.deploy?.replicas ?? 1;
  return (service.ports ?? []).flatMap((port, index) => {
    const range = rangeOf(port);
    if (range === undefined) return [];
    const path = `services.${service.name}.ports[${index}]`;
    const { host_ip: ip = "", protocol = "tcp" } = port;
    const published = {
      stack,
      service: service.name,
      path,
      location: locate?.(path),
      ip,
      protocol,
      ...range,
    };
    return containers > 1 ? [published, published] : [published];
  });
}

/** Without `published`, or with 0, the engine takes any free port. */
function rangeOf({ published }: Port): { first: number; last: number } | undefined {
  const match = /^(\d+)(?:-(\d+))?$/.exec(published ?? "");
  if (match === null) return undefined;
  const first = Number(match[1]);
  return first === 0 ? undefined : { first, last: Number(match[2] ?? first) };
}

function isSingle({ first, last }: PublishedPort): boolean {
  return first === last;
}

/** No address is every address of both families; `0.0.0.0` and `::` are every address of theirs. */
function overlap(one: string, other: string): boolean {
  if (one === other || one === "" || other === "") return true;
  const isSixth = one.includes(":");
  if (isSixth !== other.includes(":")) return false;
  const any = isSixth ? "::" : "0.0.0.0";
  return one === any || other === any;
}
