/** Networks, volumes, configs and secrets that an enabled service uses. The others are not created. */
import type { Model } from "./bind.ts";
import { put } from "./kind.ts";
import type { Service } from "./project.ts";

export type Resources = Omit<Model, "services">;

export function usedResources(services: Readonly<Record<string, Service>>, resources: Resources): Resources {
  const all = Object.values(services);
  return {
    networks: pick(resources.networks, all.flatMap(({ networks }) => Object.keys(networks ?? {}))),
    volumes: pick(resources.volumes, all.flatMap(namesOfVolumes)),
    configs: pick(
      resources.configs,
      all.flatMap(({ configs }) => configs?.map(({ source }) => source ?? "") ?? []),
    ),
    secrets: pick(
      resources.secrets,
      all.flatMap(({ secrets = [], build }) =>
        [...secrets, ...build?.secrets ?? []].map(({ source }) => source ?? "")
      ),
    ),
    models: pick(resources.models, all.flatMap(({ models }) => Object.keys(models ?? {}))),
  };
}

function namesOfVolumes({ volumes = [] }: Service): string[] {
  return volumes.flatMap(({ type, source }) => type === "volume" && source !== undefined ? [source] : []);
}

function pick<T>(map: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  const used = new Set(names);
  const result: Record<string, T> = {};
  for (const name of Object.keys(map)) if (used.has(name)) put(result, name, map[name]!);
  return result;
}
