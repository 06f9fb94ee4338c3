/** What becomes of the volumes that a project mounts. An existing volume is never removed nor recreated: it holds data. */
import { volumeHash } from "../compose/hash.ts";
import type { Volume } from "../compose/project.ts";
import { HomeportError } from "../errors.ts";
import { COMPOSE_LABELS, projectOf } from "./compose_labels.ts";
import { resourceKey, type Scope, usedVolumes } from "./project_scope.ts";

export interface MissingVolume {
  readonly key: string;
  readonly cause: string;
}

/** The volumes to create. Throws a HomeportError where the stack cannot be deployed. */
export function decideVolumes(scope: Scope): readonly MissingVolume[] {
  return usedVolumes(scope.project).flatMap((key) => {
    const volume = scope.project.volumes[key]!;
    if (scope.index.volumesByName.has(volume.name)) {
      warnWhenDifferent(scope, volume);
      return [];
    }
    if (volume.external !== true) return [{ key, cause: `volume ${volume.name} does not exist yet` }];
    const provider = scope.provided.get(resourceKey("volume", volume.name));
    if (provider === undefined) throw missing(key, volume);
    scope.waitFor(provider);
    return [];
  });
}

function missing(key: string, { name }: Volume): HomeportError {
  return new HomeportError(`The volume ${name}, declared external, does not exist`, {
    path: `volumes.${key}`,
    hint: `create it with "docker volume create ${name}", or add the stack that does`,
    consequence: "wait",
  });
}

function warnWhenDifferent(scope: Scope, volume: Volume): void {
  if (volume.external === true) return;
  const found = scope.index.volumesByName.get(volume.name)!;
  const owner = projectOf(found);
  if (owner !== scope.project.name) {
    const whose = owner === undefined ? "was not created by Compose" : `belongs to project ${owner}`;
    scope.warn(`volume ${volume.name} ${whose}: used as it is; declare it with "external: true"`);
  }
  const hash = found.labels[COMPOSE_LABELS.configHash];
  if (hash !== undefined && hash !== volumeHash(volume)) {
    scope.warn(
      `volume ${volume.name} differs from the Compose file: kept as it is, because recreating it would lose its data`,
    );
  }
}
