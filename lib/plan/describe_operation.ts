import type { BuildImage, Operation } from "./operation.ts";

/** What an operation does, without its cause: `create container shop-web-1`. */
export function describeOperation(operation: Operation): string {
  switch (operation.kind) {
    case "pull-image":
      return `pull image ${operation.image}${
        operation.platform === undefined ? "" : ` (${operation.platform})`
      }`;
    case "build-image":
      return `${describeOrigin(operation)} image ${operation.image}${
        operation.platform === undefined ? "" : ` (${operation.platform})`
      }`;
    case "create-network":
      return `create network ${operation.network}`;
    case "recreate-network":
      return `recreate network ${operation.network}${reattached(operation.containers.length)}`;
    case "remove-network":
      return `remove network ${operation.networkName}`;
    case "create-volume":
      return `create volume ${operation.volume}`;
    case "create-container":
      return `create container ${operation.containerName}`;
    case "recreate-container":
      return `recreate container ${operation.containerName}`;
    case "rename-container":
      return `rename container ${operation.oldName} to ${operation.containerName}`;
    case "run-pre-start":
      return `run pre_start of ${operation.service}`;
    case "start-container":
      return `start container ${operation.containerName}`;
    case "stop-container":
      return `stop container ${operation.containerName}`;
    case "remove-container":
      return `remove container ${operation.containerName}`;
    case "wait-for-service":
      return `wait until ${operation.service} ${
        operation.condition === "service_healthy" ? "is healthy" : "has completed"
      }${operation.required ? "" : " (optional)"}`;
  }
}

function describeOrigin({ pull, fallback }: BuildImage): string {
  if (pull === undefined) return "build";
  return fallback === "build" ? "pull or build" : "pull, if it can be had,";
}

function reattached(count: number): string {
  if (count === 0) return "";
  return `, attaching ${count} ${count === 1 ? "container" : "containers"} again`;
}
