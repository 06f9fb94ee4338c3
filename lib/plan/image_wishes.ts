/** How a service asks for its image. */
import { imageNameOf } from "../compose/image_name.ts";
import type { Service } from "../compose/project.ts";
import { imageKey, type ImageReference } from "./observed.ts";
import type { Scope } from "./project_scope.ts";

export function referenceOf({ project }: Pick<Scope, "project">, service: Service): ImageReference {
  const { platform } = service;
  return { image: imageNameOf(project, service), ...(platform !== undefined && { platform }) };
}

/** `undefined`: its time has not come. `interval`: in seconds. */
export function findRefreshCause(scope: Scope, service: Service, interval: number): string | undefined {
  const { index, now } = scope;
  const key = imageKey(referenceOf(scope, service));
  const pulled = index.imageTimes[key];
  const policy = `pull_policy of ${service.name} is ${service.pull_policy}`;
  if (pulled === undefined) return `when image ${key} was pulled is not known, and ${policy}`;
  if (now <= pulled + interval) return undefined;
  return `image ${key} was last pulled at ${new Date(pulled * 1000).toISOString()}, and ${policy}`;
}
