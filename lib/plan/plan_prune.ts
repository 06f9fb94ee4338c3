/**
 * What this instance deployed and Git no longer has. Only what carries this instance's label is removed; volumes always stay.
 */
import { groupBy, type ObservedIndex } from "./index_observed.ts";
import { COMPOSE_LABELS, serviceOf } from "./compose_labels.ts";
import type { Observed, ObservedContainer, ObservedNetwork } from "./observed.ts";
import type { Operation, RemoveContainer, RemoveNetwork } from "./operation.ts";
import { LABELS, type PrunedStack, type PrunePlan } from "./plan.ts";
import { sortByNeed } from "./sort_by_need.ts";

export interface PruneInput {
  readonly instance: string;
  readonly observed: Observed;
  readonly index: ObservedIndex;
  /** Projects of the desired stacks, by the stack's name. */
  readonly desired: ReadonlyMap<string, string>;
  /** Names of stacks that are left as they run, whatever the engine holds of them. */
  readonly spared: ReadonlySet<string>;
  readonly enabled: boolean;
}

export function planPrune(input: PruneInput): PrunePlan {
  const managed = findManaged(input);
  const projects = new Set(input.desired.values());
  // A stack whose folder was renamed, but not its project, goes on under the new name.
  const gone = input.enabled
    ? managed.filter(({ name, project }) => !input.spared.has(name) && !projects.has(project))
    : [];
  const stacks = planRemovals(input, gone).filter(({ operations }) => operations.length > 0);
  return {
    stacks,
    managed: managed.length,
    needsConfirmation: stacks.length > managed.length / 2,
  };
}

/** The observed state without what a prune removes, which comes before everything else. */
export function withoutPruned(observed: Observed, { stacks }: PrunePlan): Observed {
  const operations = stacks.flatMap((stack) => stack.operations);
  if (operations.length === 0) return observed;
  const containers = new Set(operations.map((each) => each.kind === "remove-container" && each.containerId));
  const networks = new Set(operations.map((each) => each.kind === "remove-network" && each.networkId));
  return {
    ...observed,
    containers: observed.containers.filter(({ id }) => !containers.has(id)),
    networks: observed.networks.filter(({ id }) => !networks.has(id)),
  };
}

interface ManagedStack {
  readonly name: string;
  readonly project: string;
  readonly containers: readonly ObservedContainer[];
  readonly networks: readonly ObservedNetwork[];
}

/** The stacks of this instance that the engine holds, sorted by name. Volumes outlive a stack, and do not count. */
function findManaged({ instance, observed }: PruneInput): readonly ManagedStack[] {
  type Labelled = Pick<ObservedContainer, "labels">;
  const keyOf = ({ labels }: Labelled) =>
    labels[LABELS.instance] === instance && labels[COMPOSE_LABELS.project] !== undefined
      ? JSON.stringify([labels[LABELS.stack] ?? "", labels[COMPOSE_LABELS.project]])
      : undefined;
  const containers = groupBy(observed.containers, (each) => [keyOf(each)]);
  const networks = groupBy(observed.networks, (each) => [keyOf(each)]);
  return [...new Set([...containers.keys(), ...networks.keys()])].sort().map((key) => {
    const [name, project]: [string, string] = JSON.parse(key);
    return { name, project, containers: containers.get(key) ?? [], networks: networks.get(key) ?? [] };
  });
}

/** Who uses a network goes before who owns it, and what stays in use stays. */
function planRemovals(input: PruneInput, gone: readonly ManagedStack[]): readonly PrunedStack[] {
  const owner = new Map(
    gone.flatMap((stack) => stack.containers.map((container) => [container.id, stack] as const)),
  );
  const usersOf = (network: ObservedNetwork) => input.index.containersByNetwork.get(network.id) ?? [];
  const { sorted } = sortByNeed(
    gone,
    (stack) =>
      stack.networks.flatMap(usersOf).map(({ id }) => owner.get(id)).filter((user) => user !== undefined),
  );
  const removed = new Set<string>();
  return sorted.map((stack) => {
    for (const { id } of stack.containers) removed.add(id);
    const inUse = new Map(
      stack.networks.map((network) =>
        [network, usersOf(network).filter(({ id }) => !removed.has(id))] as const
      ),
    );
    const removals = removeContainers(stack.containers);
    const networks = stack.networks.filter((network) => inUse.get(network)!.length === 0);
    const project = input.desired.get(stack.name);
    return {
      name: stack.name,
      project: stack.project,
      cause: project === undefined
        ? `stack ${stack.name} is gone from Git`
        : `project of stack ${stack.name} changed: ${stack.project} → ${project}`,
      operations: [...removals, ...networks.map((network) => removeNetwork(network, removals))],
      kept: keptOf(input, stack, inUse),
    };
  });
}

/** Dependents go first, as far as the labels tell who depends on whom. */
function removeContainers(containers: readonly ObservedContainer[]): readonly RemoveContainer[] {
  const byService = groupBy([...containers].sort(byName), (each) => [serviceOf(each)]);
  const dependents = groupBy(
    [...byService.keys()],
    (service) =>
      byService.get(service)!.flatMap(({ labels }) => dependenciesIn(labels[COMPOSE_LABELS.dependsOn] ?? "")),
  );
  const { sorted, needs } = sortByNeed(
    [...byService.keys()].sort(),
    (service) => dependents.get(service) ?? [],
  );
  const idsOf = (service: string) => byService.get(service)!.map(({ name }) => `remove-container ${name}`);
  return sorted.flatMap((service) =>
    byService.get(service)!.map((container): RemoveContainer => ({
      kind: "remove-container",
      id: `remove-container ${container.name}`,
      cause: "its stack is gone from Git",
      after: needs.get(service)!.flatMap(idsOf),
      service,
      containerId: container.id,
      containerName: container.name,
    }))
  );
}

/** The label reads `db:service_healthy:true,cache:service_started:false`. */
function dependenciesIn(label: string): readonly string[] {
  return [...new Set(label.split(",").map((entry) => entry.split(":")[0]!))];
}

function removeNetwork(network: ObservedNetwork, removals: readonly Operation[]): RemoveNetwork {
  return {
    kind: "remove-network",
    id: `remove-network ${network.name}`,
    cause: "its stack is gone from Git",
    after: removals.map(({ id }) => id),
    networkId: network.id,
    networkName: network.name,
  };
}

function keptOf(
  { index, instance }: PruneInput,
  { project }: ManagedStack,
  networks: ReadonlyMap<ObservedNetwork, readonly ObservedContainer[]>,
): readonly string[] {
  const foreign = (index.containersByProject.get(project) ?? []).filter(({ labels }) =>
    labels[LABELS.instance] !== instance
  );
  return [
    ...[...foreign].sort(byName).map(({ name }) => `container ${name}`),
    ...[...networks].filter(([, users]) => users.length > 0).map(([{ name }, users]) =>
      `network ${name} (used by ${[...users].sort(byName).map((user) => user.name).join(", ")})`
    ),
    ...[...index.volumesByProject.get(project) ?? []].sort(byName).map(({ name }) => `volume ${name}`),
  ];
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
