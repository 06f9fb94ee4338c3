/** Host ports, for the question whether one container must let go of them before another one starts. */
import type { Service } from "../compose/project.ts";

interface PortRange {
  readonly first: number;
  readonly last: number;
  readonly protocol: string;
}

/** The host ports that a service asks for. Addresses are left aside: at worst one start waits without need. */
export function portsOf(service: Service): readonly PortRange[] {
  return (service.ports ?? []).flatMap(({ published = "", protocol = "tcp" }) => {
    const [first, last] = published.split("-").map(Number);
    return first === undefined || !(first > 0) ? [] : [{ first, last: last ?? first, protocol }];
  });
}

/** `published`: as {@linkcode ObservedContainer.publishedPorts} has them, such as `0.0.0.0:80/tcp`. */
export function takesAnyOf(ports: readonly PortRange[], published: readonly string[]): boolean {
  return published.some((each) => {
    const [, port, protocol] = /:(\d+)\/(\w+)$/.exec(each) ?? [];
    return ports.some((range) =>
      range.protocol === protocol && range.first <= Number(port) && Number(port) <= range.last
    );
  });
}
