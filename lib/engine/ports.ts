import type { Service } from "../compose/project.ts";
import type { ContainerBody, HostConfig, PortBinding } from "./body.ts";

export function exposedPorts({ expose = [], ports = [] }: Service): ContainerBody["ExposedPorts"] {
  const all = [...expose, ...ports.map(({ target, protocol }) => `${target}/${protocol ?? ""}`)];
  return Object.fromEntries(all.map((port) => [port, {}]));
}

/** `published` may be a range, of which the engine takes a free port. */
export function portBindings({ ports = [] }: Service): HostConfig["PortBindings"] {
  const bindings: Record<string, PortBinding[]> = {};
  for (const { target, protocol, host_ip: hostIp, published } of ports) {
    const key = `${target}/${protocol ?? ""}`;
    (bindings[key] ??= []).push({ HostIp: hostIp, HostPort: published });
  }
  return bindings;
}

/** Whether the engine chooses a host port from a range: such starts must not happen side by side. */
export function publishesRange({ ports = [] }: Service): boolean {
  return ports.some(({ published }) => published?.includes("-") === true);
}
