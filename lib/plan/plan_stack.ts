/** The operations that lead one stack from what runs to what Git says. */
import { isDeployed } from "./compose_labels.ts";
import { decideDroppedNetworks } from "./decide_dropped_networks.ts";
import { decideBuilds } from "./decide_builds.ts";
import { decideYieldingNetworks } from "./decide_yielding_networks.ts";
import { decideNetworks } from "./decide_networks.ts";
import { decideOrphans } from "./orphans.ts";
import { decidePulls } from "./decide_pulls.ts";
import { decideSlots, type ServiceDecision } from "./decide_slots.ts";
import { decideStarts, type StartDecisions } from "./decide_starts.ts";
import { decideVolumes } from "./decide_volumes.ts";
import { arrangeOperations } from "./arrange_operations.ts";
import type { Operation } from "./operation.ts";
import { LABELS, type PlanWarning, type StackPlan } from "./plan.ts";
import { decideHookLeftovers } from "./pre_start.ts";
import { makeScope, type Scope } from "./project_scope.ts";
import type { Slot } from "./slot.ts";

export type StackInput = Pick<
  Scope,
  "desired" | "instance" | "index" | "provided" | "claimed" | "now" | "pins" | "newer"
>;

/** Throws a HomeportError where the stack cannot be deployed as things are. */
export function planStack(input: StackInput): StackPlan {
  const warnings: PlanWarning[] = [];
  const after = new Set<string>();
  const scope = makeScope({
    ...input,
    warn: (message) => warnings.push({ message }),
    waitFor: (stack) => after.add(stack),
  });
  const operations = decide(scope);
  return {
    name: scope.desired.name,
    project: scope.project.name,
    action: actionOf(scope, operations),
    stackHash: scope.desired.stackHash,
    operations,
    ...(after.size > 0 && { after: [...after].sort() }),
    warnings,
  };
}

function decide(scope: Scope): readonly Operation[] {
  const networks = decideNetworks(scope);
  const volumes = decideVolumes(scope);
  const services = new Map<string, ServiceDecision>();
  const slots = new Map<string, readonly Slot[]>();
  const decided: StartDecisions = { starts: new Map(), stops: new Map() };
  const surroundings = { networks, slots, starts: decided.starts };
  for (const service of scope.services) {
    const decision = decideSlots(scope, service, surroundings);
    services.set(service.name, decision);
    slots.set(service.name, decision.slots);
    decideStarts(scope, decision, decided, surroundings);
  }
  const removals = [
    ...decideOrphans(scope),
    ...[...services.values()].flatMap((decision) => decision.removals),
    ...decideHookLeftovers(scope, services, decided.starts),
  ];
  const dropped = decideDroppedNetworks(scope, [...services.values()], removals);
  return arrangeOperations(scope, {
    networks,
    volumes,
    services,
    removals,
    dropped,
    yielding: decideYieldingNetworks(scope, networks, dropped),
    pulls: decidePulls(scope, services, decided.starts),
    builds: decideBuilds(scope, services),
    ...decided,
  });
}

function actionOf(scope: Scope, operations: readonly Operation[]): StackPlan["action"] {
  if (operations.length > 0) return scope.containers.length === 0 ? "create" : "update";
  const deployed = scope.containers.filter(isDeployed);
  return deployed.length > 0 && deployed.every(({ labels }) => labels[LABELS.instance] === undefined)
    ? "adopt"
    : "none";
}
