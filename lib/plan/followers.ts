/** Containers of which the moment of their end must be known: a stop that was to be followed by a start looks like a job that is done. */
import type { Project } from "../compose/project.ts";
import { isDeployed, projectOf, serviceOf } from "./compose_labels.ts";
import type { ObservedContainer } from "./observed.ts";

/** By project, services that are restarted along with others: `depends_on` with `restart: true` → the names of those others. */
export type Followers = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export function followersOf(projects: readonly Project[]): Followers {
  const entries = projects.map(({ name, services }) => {
    const followers = Object.values(services).map((service) => {
      const followed = Object.entries(service.depends_on ?? {}).filter(([, { restart }]) => restart === true);
      return [service.name, followed.map(([name]) => name)] as const;
    }).filter(([, followed]) => followed.length > 0);
    return [name, Object.fromEntries(followers)] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * Those that ended well, and that are older than a container which they follow: only these may have been stopped for its recreation. The
 * engine's list does not tell when a container ended, so that each costs a call.
 */
export function findUnclearEnds(
  containers: readonly ObservedContainer[],
  followers: Followers,
): readonly ObservedContainer[] {
  const followedBy = (container: ObservedContainer) =>
    followers[projectOf(container) ?? ""]?.[serviceOf(container)] ?? [];
  return containers.filter((container) => {
    if (container.state !== "exited" || container.exitCode !== 0 || !isDeployed(container)) return false;
    const followed = followedBy(container);
    return followed.length > 0 &&
      containers.some((other) =>
        projectOf(other) === projectOf(container) && followed.includes(serviceOf(other)) &&
        isDeployed(other) &&
        other.created >= container.created
      );
  });
}
