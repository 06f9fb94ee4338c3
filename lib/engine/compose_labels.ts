/** The labels by which `docker compose` knows its own, so that both tools manage the same stacks. */
import { type HashFlavour, networkHash, serviceHash, volumeHash } from "../compose/hash.ts";
import { COMPOSE_LABELS } from "../plan/compose_labels.ts";
import type { Network, Project, Service, StringMap, Volume } from "../compose/project.ts";

/** The version whose behaviour and hashes are reproduced. */
export const COMPOSE_VERSION = "2.40.3";

export const COMPOSE = {
  ...COMPOSE_LABELS,
  version: "com.docker.compose.version",
  workingDir: "com.docker.compose.project.working_dir",
  configFiles: "com.docker.compose.project.config_files",
  replace: "com.docker.compose.replace",
} as const;

export interface ContainerLabels {
  readonly project: Project;
  readonly service: Service;
  /** As the hash wants it: references resolved. */
  readonly hashed: Service;
  readonly number: number;
  readonly imageId: string;
  /** What the container is called in the end, while it still has a temporary name. */
  readonly replaces: string | undefined;
  /** Default: 2.40. */
  readonly composeHash?: HashFlavour;
}

export function containerLabels(input: ContainerLabels): StringMap {
  const { project, service, hashed, number, imageId, replaces, composeHash } = input;
  return {
    [COMPOSE.project]: project.name,
    [COMPOSE.service]: service.name,
    [COMPOSE.version]: COMPOSE_VERSION,
    [COMPOSE.oneOff]: "False",
    [COMPOSE.workingDir]: project.workingDir,
    [COMPOSE.configFiles]: project.configFiles.join(","),
    [COMPOSE.configHash]: serviceHash(hashed, composeHash),
    [COMPOSE.number]: String(number),
    [COMPOSE.dependsOn]: dependencies(service, project),
    [COMPOSE.image]: imageId,
    ...(replaces === undefined ? {} : { [COMPOSE.replace]: replaces }),
  };
}

/** No `config-hash`: it is not a container of the deployment. */
export function hookLabels(project: Project, service: Service): StringMap {
  return {
    [COMPOSE.project]: project.name,
    [COMPOSE.service]: service.name,
    [COMPOSE.version]: COMPOSE_VERSION,
    [COMPOSE.hook]: "pre_start",
  };
}

export function networkLabels(
  project: Project,
  key: string,
  network: Network,
  composeHash?: HashFlavour,
): StringMap {
  return {
    [COMPOSE.network]: key,
    [COMPOSE.project]: project.name,
    [COMPOSE.version]: COMPOSE_VERSION,
    [COMPOSE.configHash]: networkHash(network, composeHash),
  };
}

export function volumeLabels(project: Project, key: string, volume: Volume): StringMap {
  return {
    [COMPOSE.volume]: key,
    [COMPOSE.project]: project.name,
    [COMPOSE.version]: COMPOSE_VERSION,
    [COMPOSE.configHash]: volumeHash(volume),
  };
}

/** One that is not required may be disabled: of that one nothing is written. */
function dependencies({ depends_on: dependsOn = {} }: Service, { services }: Project): string {
  return Object.entries(dependsOn).filter(([name]) => services[name] !== undefined)
    .map(([name, { condition, restart }]) => `${name}:${condition}:${restart ?? false}`).join(",");
}
