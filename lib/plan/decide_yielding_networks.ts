/** Networks that must go before others can be made, since these take their subnets: the engine gives an address to one network only. */
import type { NetworkDecision } from "./decide_networks.ts";
import type { DroppedNetwork } from "./decide_dropped_networks.ts";
import type { ObservedNetwork } from "./observed.ts";
import type { Scope } from "./project_scope.ts";
import { overlap } from "./subnets.ts";

export interface YieldingNetwork {
  readonly network: ObservedNetwork;
  /** Keys of the networks that wait for it. */
  readonly takers: readonly string[];
}

export function decideYieldingNetworks(
  { project, index }: Scope,
  networks: ReadonlyMap<string, NetworkDecision>,
  dropped: readonly DroppedNetwork[],
): readonly YieldingNetwork[] {
  const made = [...networks.values()].filter(({ kind }) => kind === "create" || kind === "recreate");
  const leaving = [
    ...dropped.map(({ network }) => ({ network, key: undefined })),
    ...made.flatMap((each) =>
      each.kind === "recreate" ? [{ network: index.networksById.get(each.id)!, key: each.key }] : []
    ),
  ];
  return leaving.flatMap(({ network, key }) => {
    const takers = made.filter((each) => each.key !== key && takes(each.key, network)).map((each) =>
      each.key
    );
    return takers.length === 0 ? [] : [{ network, takers }];
  });

  function takes(key: string, { subnets = [] }: ObservedNetwork): boolean {
    const wanted = (project.networks[key]!.ipam?.config ?? []).flatMap(({ subnet }) => subnet ?? []);
    return wanted.some((each) => subnets.some((held) => overlap(each, held)));
  }
}
