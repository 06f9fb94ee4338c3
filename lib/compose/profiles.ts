/** Which services are enabled. */
import type { Service } from "./project.ts";

/** The profiles asked for: by the caller, else by `COMPOSE_PROFILES`. `*` stands for all. */
export function getProfiles(
  asked: readonly string[] | undefined,
  variables: ReadonlyMap<string, string>,
): string[] {
  if (asked !== undefined && asked.length > 0) return [...asked];
  return (variables.get("COMPOSE_PROFILES") ?? "").split(",").map((profile) => profile.trim());
}

/** A service without profiles is always enabled. */
export function isEnabled(service: Service, profiles: readonly string[]): boolean {
  if (service.profiles === undefined || service.profiles.length === 0) return true;
  return profiles.includes("*") || service.profiles.some((profile) => profiles.includes(profile));
}
