/** What several stacks of one host cannot have at the same time. */
import { ConfigurationError, formatLocation, HomeportError, type Location, messageOf } from "../errors.ts";
import type { DesiredStack, StackWarning } from "./desired_stack.ts";
import type { Placeholders } from "./placeholders.ts";
import {
  findPortConflicts,
  formatPort,
  type PortConflict,
  type PublishedPort,
  publishedPorts,
} from "./published_ports.ts";

export function findPortFaults(
  stacks: readonly DesiredStack[],
  host: string,
  placeholders: Placeholders,
): { problems: HomeportError[]; warnings: StackWarning[] } {
  const ports = stacks.flatMap(publishedPorts).filter(({ first }) => !placeholders.isPlaceholder(first));
  const conflicts = findPortConflicts(ports);
  return {
    problems: conflicts.filter(({ certain }) => certain).map((each) => portProblem(each, host)),
    warnings: conflicts.filter(({ certain }) => !certain).map(({ one, other }) => ({
      stack: one.stack,
      message: `${ownerOf(one)} publishes ${formatPort(one)}, and ${ownerOf(other)}${
        placeOf(other)
      } publishes ${formatPort(other)}`,
      ...(one.location && { location: one.location }),
    })),
  };
}

/** Container names that are written as they are, or that follow from a project's name. */
export function findNameConflicts(stacks: readonly DesiredStack[], host: string): HomeportError[] {
  const owners = new Map<string, NamedContainer>();
  const problems: HomeportError[] = [];
  for (const container of stacks.flatMap(containersOf)) {
    const other = owners.get(container.name);
    if (other === undefined) owners.set(container.name, container);
    else problems.push(nameProblem(container, other, host));
  }
  return problems;
}

interface Order {
  readonly host: string;
  /** Of all stacks, broken ones included. */
  readonly names: readonly string[];
  readonly ofConfig: readonly string[];
  readonly ofFile: readonly string[];
}

export function findOrderFaults({ host, names, ofConfig, ofFile }: Order): HomeportError[] {
  const fault = (place: string) => (name: string) =>
    new ConfigurationError(`${place} names ${name}, and host ${host} has no such stack`, {
      hint: names.length === 0 ? "take it out" : `the stacks are ${names.join(", ")}`,
    });
  const isUnknown = (name: string) => !names.includes(name);
  return [
    ...ofConfig.filter(isUnknown).map(fault(`startupOrder of host ${host}`)),
    ...ofFile.filter(isUnknown).map(fault("startup_order of stack.yml")),
  ];
}

export function asProblem(error: unknown): HomeportError {
  if (error instanceof HomeportError) return error;
  return new ConfigurationError(messageOf(error), { cause: error });
}

function portProblem({ one, other }: PortConflict, host: string): HomeportError {
  if (one === other) {
    return new ConfigurationError(
      `${ownerOf(one)} has several containers, and all publish ${formatPort(one)}`,
      {
        path: one.path,
        location: one.location,
        hint: "let one container run, or publish a range of ports",
      },
    );
  }
  const ports = formatPort(one) === formatPort(other) ? "" : `, as ${formatPort(other)}`;
  return new ConfigurationError(
    `${formatPort(one)} is published twice on host ${host}: by ${ownerOf(one)} and by ${ownerOf(other)}${
      placeOf(other)
    }${ports}`,
    { path: one.path, location: one.location, hint: "publish one of them on another port" },
  );
}

interface NamedContainer {
  readonly stack: string;
  readonly service: string;
  readonly name: string;
  readonly path: string;
  readonly location: Location | undefined;
}

function nameProblem(one: NamedContainer, other: NamedContainer, host: string): HomeportError {
  const { name, path, location } = one;
  return new ConfigurationError(
    `container name ${name} is there twice on host ${host}: ${other.service} of stack ${other.stack}${
      placeOf(other)
    } and ${one.service} of stack ${one.stack}`,
    {
      path,
      location,
      hint: "change one container_name, or leave it out",
    },
  );
}

function ownerOf({ stack, service }: PublishedPort): string {
  return `service ${service} of stack ${stack}`;
}

/** For the second of two places: the error itself names the first. */
function placeOf({ location }: { readonly location: Location | undefined }): string {
  return location === undefined ? "" : ` in ${formatLocation(location)}`;
}

function containersOf({ name: stack, project, locate }: DesiredStack): NamedContainer[] {
  return Object.values(project.services).flatMap((service) => {
    const count = service.scale ?? service.deploy?.replicas ?? 1;
    const { container_name: given } = service;
    const names = given === undefined
      ? Array.from({ length: count }, (_, index) => `${project.name}-${service.name}-${index + 1}`)
      : [given];
    const path = `services.${service.name}${given === undefined ? "" : ".container_name"}`;
    const location = locate?.(path);
    return names.map((name) => ({ stack, service: service.name, name, path, location }));
  });
}
