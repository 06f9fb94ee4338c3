/** One stack as its planning sees it: what is wanted, and what of it the engine holds already. */
import type { DesiredStack } from "../stacks/desired_stack.ts";
import { dependencyOrder } from "../compose/dependencies.ts";
import type { Project, Service } from "../compose/project.ts";
import { isDeployed } from "./compose_labels.ts";
import type { ImagePin, NewerImage } from "./image_pins.ts";
import type { ObservedIndex } from "./index_observed.ts";
import type { ObservedContainer } from "./observed.ts";

export interface Scope {
  readonly desired: DesiredStack;
  readonly project: Project;
  readonly instance: string;
  readonly index: ObservedIndex;
  /** Seconds since 1970. */
  readonly now: number;
  /** Enabled services, each after those that it depends on. */
  readonly services: readonly Service[];
  /** The project's deployed containers. */
  readonly containers: readonly ObservedContainer[];
  /** Names of networks and volumes that other stacks of the same plan create: {@linkcode resourceKey} → the stack's name. */
  readonly provided: ReadonlyMap<string, string>;
  /** Names and IDs of all networks that stacks of the plan want; `undefined`: not all stacks are known here. */
  readonly claimed: ReadonlySet<string> | undefined;
  /** Images that the stack is held to. */
  readonly pins: readonly ImagePin[];
  /** Images that are pulled again, because a registry has newer ones. */
  readonly newer: readonly NewerImage[];
  /** Collects what a person should know. */
  readonly warn: (message: string) => void;
  /** Collects the stacks that must be through before this one. */
  readonly waitFor: (stack: string) => void;
}

export function makeScope(
  input: Omit<Scope, "project" | "services" | "containers">,
): Scope {
  const { project } = input.desired;
  return {
    ...input,
    project,
    services: dependencyOrder(project.services).flat().map((name) => project.services[name]!),
    containers: (input.index.containersByProject.get(project.name) ?? []).filter(isDeployed),
  };
}

export function resourceKey(kind: "network" | "volume", name: string): string {
  return `${kind} ${name}`;
}

/** Keys of the project's networks that an enabled service uses, sorted. Others are not created, as with `docker compose up`. */
export function usedNetworks(project: Project): readonly string[] {
  const keys = Object.values(project.services).flatMap((service) => Object.keys(service.networks ?? {}));
  return [...new Set(keys)].sort();
}

/** Keys of the project's volumes that an enabled service mounts, sorted. */
export function usedVolumes(project: Project): readonly string[] {
  return [...new Set(Object.values(project.services).flatMap(namedVolumesOf))].sort();
}

/** Keys of the named volumes that a service mounts. */
export function namedVolumesOf(service: Service): readonly string[] {
  return (service.volumes ?? []).flatMap(({ type, source }) =>
    type === "volume" && source !== undefined && source !== "" ? [source] : []
  );
}
