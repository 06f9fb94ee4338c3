/** What becomes of the networks that a project uses. */
import { isNetworkHash } from "../compose/hash.ts";
import type { Network } from "../compose/project.ts";
import { HomeportError } from "../errors.ts";
import { COMPOSE_LABELS, isDeployed, projectOf, serviceOf } from "./compose_labels.ts";
import type { ObservedContainer, ObservedNetwork } from "./observed.ts";
import { isRemovedOrphan } from "./orphans.ts";
import { resourceKey, type Scope, usedNetworks } from "./project_scope.ts";

export type NetworkDecision =
  /** There, and stays. */
  | { readonly kind: "keep"; readonly key: string; readonly name: string; readonly id: string }
  /** Another stack creates it before this one is deployed. */
  | { readonly kind: "provided"; readonly key: string; readonly name: string }
  | { readonly kind: "create"; readonly key: string; readonly name: string; readonly cause: string }
  | {
    readonly kind: "recreate";
    readonly key: string;
    readonly name: string;
    readonly id: string;
    readonly cause: string;
  };

export type RecreatedNetwork = Extract<NetworkDecision, { readonly kind: "recreate" }>;

/** By the key in the project's `networks`. Throws a HomeportError where the stack cannot be deployed. */
export function decideNetworks(scope: Scope): ReadonlyMap<string, NetworkDecision> {
  return new Map(
    usedNetworks(scope.project).map((key) => {
      const network = scope.project.networks[key]!;
      return [
        key,
        network.external === true ? findExternal(scope, key, network) : decide(scope, key, network),
      ];
    }),
  );
}

/** By its ID, or by its name while the attachment has not been used yet. */
export function isAttached(
  { networkIds }: ObservedContainer,
  network: { readonly name: string; readonly id?: string },
): boolean {
  return networkIds.includes(network.name) || (network.id !== undefined && networkIds.includes(network.id));
}

function findExternal(scope: Scope, key: string, { name }: Network): NetworkDecision {
  const byId = scope.index.networksById.get(name);
  const found = scope.index.networksByName.get(name) ?? (byId === undefined ? [] : [byId]);
  if (found.length === 1) return { kind: "keep", key, name, id: found[0]!.id };
  if (found.length > 1) {
    throw new HomeportError(
      `The engine has ${found.length} networks with the name ${name}, declared external`,
      {
        path: `networks.${key}`,
        hint: "remove all but one, or write the ID of the right one as its name",
      },
    );
  }
  const provider = scope.provided.get(resourceKey("network", name));
  if (provider === undefined) {
    throw new HomeportError(`The network ${name}, declared external, does not exist`, {
      path: `networks.${key}`,
      hint: `create it with "docker network create ${name}", or add the stack that does`,
      consequence: "wait",
    });
  }
  scope.waitFor(provider);
  return { kind: "provided", key, name };
}

function decide(scope: Scope, key: string, network: Network): NetworkDecision {
  const { name } = network;
  const sameName = scope.index.networksByName.get(name) ?? [];
  const found = sameName.find((each) => isOwn(scope, each) && keyOf(each) === key) ??
    sameName.find((each) => isOwn(scope, each)) ?? sameName[0];
  if (found === undefined) return { kind: "create", key, name, cause: `network ${name} does not exist yet` };
  if (!isOwn(scope, found)) return reuse(scope, key, found);
  const cause = keyOf(found) !== key
    ? `network ${name} is declared as ${key} now, was ${keyOf(found) ?? "nothing"}`
    : isChanged(found, network)
    ? `network ${name} changed`
    : undefined;
  if (cause === undefined) return { kind: "keep", key, name, id: found.id };
  refuseWhenOthersUse(scope, found);
  return { kind: "recreate", key, name, id: found.id, cause };
}

/** A network of the same name that this project did not create: used as it is if it looks meant, as `docker compose` does. */
function reuse(scope: Scope, key: string, found: ObservedNetwork): NetworkDecision {
  const owner = projectOf(found);
  const whose = owner === undefined ? "was not created by Compose" : `belongs to project ${owner}`;
  if (keyOf(found) !== key) {
    throw new HomeportError(`The network ${found.name} exists already and ${whose}`, {
      path: `networks.${key}`,
      hint: `declare it with "external: true" to use it as it is, or give this one another name`,
    });
  }
  scope.warn(`network ${found.name} ${whose}: used as it is; declare it with "external: true"`);
  return { kind: "keep", key, name: found.name, id: found.id };
}

/**
 * The engine removes no network that a running container is attached to. The project's own containers are stopped and attached again;
 * of anyone else's the settings are not known here, so nothing is touched.
 */
function refuseWhenOthersUse(scope: Scope, found: ObservedNetwork): void {
  const others = (scope.index.containersByNetwork.get(found.id) ?? []).filter((container) =>
    !["exited", "created", "dead"].includes(container.state) &&
    !(isDeployed(container) && projectOf(container) === scope.project.name &&
      (Object.hasOwn(scope.project.services, serviceOf(container)) || isRemovedOrphan(scope, container)))
  );
  if (others.length === 0) return;
  const names = others.map((each) => each.name).sort().join(", ");
  throw new HomeportError(
    `The network ${found.name} changed, but cannot be created anew while ${names} uses it`,
    {
      hint: "stop what uses it, then deploy again; or give the changed network another name",
      consequence: "wait",
    },
  );
}

function isOwn(scope: Scope, network: ObservedNetwork): boolean {
  return projectOf(network) === scope.project.name;
}

function keyOf(network: ObservedNetwork): string | undefined {
  return network.labels[COMPOSE_LABELS.network];
}

/** A network without a hash was created by an old version of `docker compose`: nothing to compare with. */
function isChanged(found: ObservedNetwork, network: Network): boolean {
  const hash = found.labels[COMPOSE_LABELS.configHash] ?? "";
  return hash !== "" && !isNetworkHash(hash, network);
}
