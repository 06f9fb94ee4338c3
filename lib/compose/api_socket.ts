/** `use_api_socket`: a service that may use the engine, with the logins to registries of the machine it is deployed from. */
import type { Service } from "./project.ts";

const SOCKET = "/var/run/docker.sock";
const FOLDER = "/run/secrets/docker";

/** The name that the reference gives the config; no file can declare one with this name. */
export const API_SOCKET_CONFIG = "#apisocket";
/** Where the logins are put. */
export const API_SOCKET_LOGINS = `${FOLDER}/config.json`;

/** The service with all that the attribute stands for, which the config hash covers. */
export function withApiSocket(service: Service): Service {
  if (service.use_api_socket !== true) return service;
  return {
    ...service,
    volumes: [...service.volumes ?? [], { type: "bind", source: SOCKET, target: SOCKET }],
    // A service that says where its configuration is keeps it.
    environment: { DOCKER_CONFIG: FOLDER, ...service.environment },
    configs: [...service.configs ?? [], { source: API_SOCKET_CONFIG, target: API_SOCKET_LOGINS }],
  };
}
