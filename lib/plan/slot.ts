/** One container that a service is to have in the end, and what leads there. */
import type { ObservedContainer } from "./observed.ts";

export type Slot = KeptSlot | CreatedSlot | RecreatedSlot | RenamedSlot;

interface Base {
  readonly service: string;
  readonly number: number;
  /** The container's name in the end. */
  readonly name: string;
}

export interface KeptSlot extends Base {
  readonly change: "keep";
  readonly container: ObservedContainer;
}

export interface CreatedSlot extends Base {
  readonly change: "create";
  readonly cause: string;
}

export interface RecreatedSlot extends Base {
  readonly change: "recreate";
  readonly container: ObservedContainer;
  readonly cause: string;
}

/** Left under its temporary name by an interrupted recreation, and right otherwise. */
export interface RenamedSlot extends Base {
  readonly change: "rename";
  readonly container: ObservedContainer;
  readonly cause: string;
}

export interface Removal {
  readonly container: ObservedContainer;
  readonly cause: string;
}

/** The container that the slot holds already and keeps; its ID does not change. */
export function lastingContainer(slot: Slot): ObservedContainer | undefined {
  return slot.change === "keep" || slot.change === "rename" ? slot.container : undefined;
}

/** Whether it runs, or would on its own. */
export function isUp({ state }: ObservedContainer): boolean {
  return state === "running" || state === "restarting" || state === "paused";
}

export function isReplaced(slot: Slot): slot is CreatedSlot | RecreatedSlot {
  return slot.change === "create" || slot.change === "recreate";
}

/** The slot that stands for its service where others share a namespace or volumes with it: the first by name, as `docker compose` picks it. */
export function firstByName(slots: readonly Slot[]): Slot | undefined {
  return slots.reduce<Slot | undefined>(
    (first, slot) => first === undefined || slot.name < first.name ? slot : first,
    undefined,
  );
}

/** `web-1`: how operations and causes call it. */
export function labelOf({ service, number }: Pick<Slot, "service" | "number">): string {
  return `${service}-${number}`;
}
