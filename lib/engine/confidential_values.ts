import type { Service } from "../compose/project.ts";

/** What a container's surroundings, and those of its hooks, hold as values of variables. */
export function confidentialValues(
  { environment, pre_start = [], post_start = [], pre_stop = [] }: Service,
): string[] {
  return [{ environment }, ...pre_start, ...post_start, ...pre_stop].flatMap((each) =>
    Object.values(each.environment ?? {})
  ).filter((value) => value !== null);
}
