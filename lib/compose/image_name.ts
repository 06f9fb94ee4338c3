import type { Project, Service } from "./project.ts";

/** Name of the image that a service runs: one that it builds need not be given any. */
export function imageNameOf(
  { name: project }: Pick<Project, "name">,
  { image, build, name }: Service,
): string {
  if (image !== undefined && image !== "") return image;
  return build === undefined ? "" : `${project}-${name}`;
}
