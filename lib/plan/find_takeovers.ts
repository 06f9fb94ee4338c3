/** Which stack takes a name, a port or a subnet that another stack of the plan gives up: it is better deployed after that one. */
import type { DesiredStack } from "../stacks/desired_stack.ts";
import type { Observed } from "./observed.ts";
import type { Operation } from "./operation.ts";
import type { StackPlan } from "./plan.ts";
import { portsOf, takesAnyOf } from "./published_ports.ts";
import { overlap } from "./subnets.ts";

/** A stack's name → the names of those that should be through before. What two stacks want at once is a conflict, and no stack's plan. */
export function findTakeovers(
  plans: readonly StackPlan[],
  stacks: readonly DesiredStack[],
  observed: Observed,
): ReadonlyMap<string, readonly string[]> {
  const changing = plans.filter(({ operations }) => operations.length > 0);
  const leaving = changing.map((plan) => ({ name: plan.name, ...whatLeaves(plan, observed) }));
  return new Map(changing.map((plan) => {
    const desired = stacks.find(({ name }) => name === plan.name)!;
    const takes = wantedBy(plan, desired);
    const before = leaving.filter(({ name, containers, subnets }) =>
      name !== plan.name && (
        containers.some((each) =>
          takes.names.has(each.name) || takesAnyOf(takes.ports, each.publishedPorts)
        ) ||
        subnets.some((held) => takes.subnets.some((each) => overlap(each, held)))
      )
    );
    return [plan.name, before.map(({ name }) => name)];
  }));
}

function whatLeaves({ operations }: StackPlan, { containers, networks }: Observed) {
  const ids = new Set(operations.flatMap((each) => idsOf(each)));
  return {
    containers: containers.filter(({ id }) => ids.has(id)),
    subnets: networks.filter(({ id }) => ids.has(id)).flatMap(({ subnets = [] }) => subnets),
  };
}

function idsOf(operation: Operation): string[] {
  switch (operation.kind) {
    case "recreate-container":
    case "remove-container":
    case "rename-container":
      return [operation.containerId];
    case "recreate-network":
    case "remove-network":
      return [operation.networkId];
    default:
      return [];
  }
}

function wantedBy({ operations }: StackPlan, { project }: DesiredStack) {
  const of = <Kind extends Operation["kind"]>(...kinds: Kind[]) =>
    operations.filter((each): each is Extract<Operation, { readonly kind: Kind }> =>
      (kinds as string[]).includes(each.kind)
    );
  return {
    names: new Set(
      of("create-container", "recreate-container", "rename-container").map((each) => each.containerName),
    ),
    ports: of("start-container").flatMap(({ service }) => portsOf(project.services[service]!)),
    subnets: of("create-network", "recreate-network").flatMap(({ network }) =>
      (project.networks[network]!.ipam?.config ?? []).flatMap(({ subnet }) => subnet ?? [])
    ),
  };
}
