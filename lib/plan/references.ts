/**
 * What a service shares with other services' containers (`network_mode`, `ipc`, `pid`, `volumes_from`), resolved to containers.
 * The configuration hash and the create request see it differently: see {@linkcode resolveForHash}.
 */
import { withApiSocket } from "../compose/api_socket.ts";
import type { Service } from "../compose/project.ts";
import { HomeportError } from "../errors.ts";

/** ID of the container that stands for a service: the first of its containers by name. */
export type ContainerIdOf = (service: string) => string | undefined;

/** As `docker compose` computes the hash: the mode of `volumes_from` (`:ro`) is dropped. */
export function resolveForHash(service: Service, containerIdOf: ContainerIdOf): Service {
  return resolve(withApiSocket(service), containerIdOf, (id) => id);
}

/** As the container is created: the mode of `volumes_from` is kept, without which `:ro` would silently become writable. */
export function resolveForCreate(service: Service, containerIdOf: ContainerIdOf): Service {
  return resolve(
    withApiSocket(service),
    containerIdOf,
    (id, mode) => mode === undefined ? id : `${id}:${mode}`,
  );
}

/** Names of the services whose containers this one shares something with, sorted. */
export function parentsOf(service: Service): readonly string[] {
  const shared = [service.network_mode, service.ipc, service.pid].map(findSharedService);
  const volumes = (service.volumes_from ?? []).filter((entry) => !isContainer(entry)).map((entry) =>
    entry.split(":")[0]
  );
  return [...new Set([...shared, ...volumes].filter((name) => name !== undefined))].sort();
}

function resolve(
  service: Service,
  containerIdOf: ContainerIdOf,
  volumesFrom: (id: string, mode: string | undefined) => string,
): Service {
  if (parentsOf(service).length === 0 && service.volumes_from === undefined) return service;
  const idOf = (name: string, what: string) => {
    const id = containerIdOf(name);
    if (id !== undefined) return id;
    throw new HomeportError(
      `Service ${service.name} cannot share ${what} with service ${name}: it has no container`,
      { hint: `see why ${name} could not be created, then deploy again`, consequence: "wait" },
    );
  };
  const namespace = (mode: string, what: string) => {
    const name = findSharedService(mode);
    return name === undefined ? mode : `container:${idOf(name, what)}`;
  };
  return {
    ...service,
    ...(service.network_mode !== undefined &&
      { network_mode: namespace(service.network_mode, "the network") }),
    ...(service.ipc !== undefined && { ipc: namespace(service.ipc, "the IPC namespace") }),
    ...(service.pid !== undefined && { pid: namespace(service.pid, "the PID namespace") }),
    ...(service.volumes_from !== undefined && {
      volumes_from: service.volumes_from.map((entry) => {
        if (isContainer(entry)) {
          const [, name = "", mode] = entry.split(":");
          return volumesFrom(name, mode);
        }
        const [name = "", mode] = entry.split(":");
        return volumesFrom(idOf(name, "volumes"), mode);
      }),
    }),
  };
}

function findSharedService(mode: string | undefined): string | undefined {
  return mode?.startsWith("service:") ? mode.slice("service:".length) : undefined;
}

function isContainer(entry: string): boolean {
  return entry.startsWith("container:");
}

/** Images of the service's `pre_start` hooks, beside its own. */
export function hookImages({ image, pre_start: hooks = [] }: Service): string[] {
  const images = hooks.flatMap((hook) =>
    hook.image === undefined || hook.image === image ? [] : [hook.image]
  );
  return [...new Set(images)];
}

/** Images that the service mounts as volumes. */
export function mountedImages({ volumes = [] }: Service): string[] {
  return volumes.flatMap(({ type, source }) => type === "image" && source !== undefined ? [source] : []);
}
