/** What the engine runs, arranged once so that every stack finds its part without a search through all of it. */
import { projectOf } from "./compose_labels.ts";
import type { Observed, ObservedContainer, ObservedNetwork, ObservedVolume } from "./observed.ts";

export interface ObservedIndex {
  readonly containersByProject: ReadonlyMap<string, readonly ObservedContainer[]>;
  readonly networksByProject: ReadonlyMap<string, readonly ObservedNetwork[]>;
  readonly volumesByProject: ReadonlyMap<string, readonly ObservedVolume[]>;
  readonly networksByName: ReadonlyMap<string, readonly ObservedNetwork[]>;
  readonly networksById: ReadonlyMap<string, ObservedNetwork>;
  readonly volumesByName: ReadonlyMap<string, ObservedVolume>;
  /** Containers of all projects, by the ID of a network that they are attached to. */
  readonly containersByNetwork: ReadonlyMap<string, readonly ObservedContainer[]>;
  readonly images: Observed["images"];
  readonly imageTimes: NonNullable<Observed["imageTimes"]>;
  readonly imageBuilds: NonNullable<Observed["imageBuilds"]>;
}

export function indexObserved(observed: Observed): ObservedIndex {
  return {
    containersByProject: groupBy(observed.containers, (each) => [projectOf(each)]),
    networksByProject: groupBy(observed.networks, (each) => [projectOf(each)]),
    volumesByProject: groupBy(observed.volumes, (each) => [projectOf(each)]),
    networksByName: groupBy(observed.networks, (each) => [each.name]),
    networksById: new Map(observed.networks.map((each) => [each.id, each])),
    volumesByName: new Map(observed.volumes.map((each) => [each.name, each])),
    containersByNetwork: groupBy(observed.containers, (each) => each.networkIds),
    images: observed.images,
    imageTimes: observed.imageTimes ?? {},
    imageBuilds: observed.imageBuilds ?? {},
  };
}

/** Groups under every key of an item; items keep their order. */
export function groupBy<Item>(
  items: readonly Item[],
  keysOf: (item: Item) => readonly (string | undefined)[],
): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      if (key === undefined) continue;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [item]);
      else group.push(item);
    }
  }
  return groups;
}
