/** Networks that left a stack's Compose file. The reference leaves them; here Git is the truth, as far as they are ours and serve nobody. */
import { COMPOSE_LABELS } from "./compose_labels.ts";
import type { ServiceDecision } from "./decide_slots.ts";
import type { ObservedNetwork } from "./observed.ts";
import { changeId, removalId } from "./operation_ids.ts";
import { LABELS } from "./plan.ts";
import type { Scope } from "./project_scope.ts";
import type { Removal } from "./slot.ts";

export interface DroppedNetwork {
  readonly network: ObservedNetwork;
  /** What detaches the last containers from it. */
  readonly after: readonly string[];
}

export function decideDroppedNetworks(
  scope: Scope,
  services: readonly ServiceDecision[],
  removals: readonly Removal[],
): readonly DroppedNetwork[] {
  const leaving = new Map([
    ...removals.map((removal) => [removal.container.id, removalId(removal)] as const),
    ...services.flatMap(({ slots }) => slots).flatMap((slot) =>
      slot.change === "recreate" ? [[slot.container.id, changeId(slot)!] as const] : []
    ),
  ]);
  const { networksByProject, containersByNetwork } = scope.index;
  return (networksByProject.get(scope.project.name) ?? []).flatMap((network) => {
    if (!isDropped(scope, network)) return [];
    const users = [network.id, network.name].flatMap((each) => containersByNetwork.get(each) ?? []);
    const after = users.map(({ id }) => leaving.get(id)).filter((id) => id !== undefined);
    return after.length < users.length ? [] : [{ network, after }];
  });
}

/** Only what this instance created, and what no stack of the plan names: the file of another one may have taken it over. */
function isDropped({ instance, claimed }: Scope, { id, name, labels }: ObservedNetwork): boolean {
  return labels[LABELS.instance] === instance && labels[COMPOSE_LABELS.network] !== undefined &&
    claimed !== undefined && !claimed.has(name) && !claimed.has(id);
}
