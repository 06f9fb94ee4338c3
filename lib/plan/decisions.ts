/** All that was decided about a stack, before it becomes operations. */
import type { DroppedNetwork } from "./decide_dropped_networks.ts";
import type { NetworkDecision } from "./decide_networks.ts";
import type { YieldingNetwork } from "./decide_yielding_networks.ts";
import type { ServiceDecision } from "./decide_slots.ts";
import type { StartDecisions } from "./decide_starts.ts";
import type { MissingVolume } from "./decide_volumes.ts";
import type { BuildImage, PullImage } from "./operation.ts";
import type { Removal } from "./slot.ts";

export interface Decisions extends StartDecisions {
  readonly networks: ReadonlyMap<string, NetworkDecision>;
  readonly volumes: readonly MissingVolume[];
  /** In dependency order. */
  readonly services: ReadonlyMap<string, ServiceDecision>;
  readonly removals: readonly Removal[];
  readonly dropped: readonly DroppedNetwork[];
  readonly yielding: readonly YieldingNetwork[];
  readonly pulls: readonly PullImage[];
  readonly builds: readonly BuildImage[];
}
