/** The IDs of a stack's operations: readable, stable, and unique in the stack. */
import type { NetworkDecision } from "./decide_networks.ts";
import { labelOf, type Removal, type Slot } from "./slot.ts";

export function removalId({ container }: Removal): string {
  return `remove-container ${container.name}`;
}

/** The operation that changes the slot's container itself; `undefined` when it is kept. */
export function changeId(slot: Slot): string | undefined {
  return slot.change === "keep" ? undefined : `${slot.change}-container ${labelOf(slot)}`;
}

export function stopId(slot: Slot): string {
  return `stop-container ${labelOf(slot)}`;
}

export function preStartId(service: string): string {
  return `run-pre-start ${service}`;
}

export function startId(slot: Slot): string {
  return `start-container ${labelOf(slot)}`;
}

export function networkId({ kind, key }: NetworkDecision): string | undefined {
  return kind === "create" || kind === "recreate" ? `${kind}-network ${key}` : undefined;
}

export function networkRemovalId({ name }: { readonly name: string }): string {
  return `remove-network ${name}`;
}

export function buildId(image: string): string {
  return `build-image ${image}`;
}

export function volumeId(key: string): string {
  return `create-volume ${key}`;
}

/** Without duplicates and without what is not there. */
export function distinct(ids: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(ids.filter((id) => id !== undefined))];
}
