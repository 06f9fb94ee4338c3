/** What a `build` may say and Homeport does not carry out. */
import { ConfigurationError, type Location } from "../errors.ts";
import type { Locations } from "./locations.ts";
import { formatPath } from "./path.ts";
import type { Build, Service } from "./project.ts";
import { isMapping, type Mapping } from "./value.ts";

export function findUndeployableBuild(
  dict: Mapping,
  { name, build }: Service,
  locations: Locations,
): ConfigurationError[] {
  const service = (dict["services"] as Mapping)[name] as Mapping;
  const problems: ConfigurationError[] = [];
  const held = service["build"];
  const report = (key: string, message: string, hint: string, entry = "") => {
    const inner = isMapping(held) ? held[key] : undefined;
    const location = (isMapping(inner) ? locations.find(inner, entry) : undefined) ??
      locateBuild(dict, locations, name, key);
    const path = formatPath(["services", name, "build", key, ...(entry === "" ? [] : [entry])]);
    problems.push(new ConfigurationError(message, { hint, location, path }));
  };
  if (build === undefined) return problems;
  for (const key of NEVER) {
    if (asksForSomething(build[key])) report(key, `"build.${key}" is not supported`, REMOVE);
  }
  if ((build.platforms?.length ?? 0) > 1) {
    report("platforms", `"build.platforms" with more than one platform is not supported`, "keep one of them");
  }
  for (const [context, source] of Object.entries(build.additional_contexts ?? {})) {
    if (isKnownSource(source)) continue;
    report(
      "additional_contexts",
      `Additional context "${source}" is not supported`,
      "use a folder, docker-image://, service: or the URL of a Git repository or archive",
      context,
    );
  }
  return problems;
}

/** Where an attribute of a service's `build` stands, or else the `build` itself. */
export function locateBuild(
  dict: Mapping,
  locations: Locations,
  name: string,
  key: string,
): Location | undefined {
  const service = (dict["services"] as Mapping)[name] as Mapping;
  const held = service["build"];
  return (isMapping(held) ? locations.find(held, key) : undefined) ?? locations.find(service, "build");
}

const REMOVE = "remove it, or build the image elsewhere and name it by image alone";

const NEVER = [
  "ssh",
  "provenance",
  "sbom",
  "cache_to",
  "entitlements",
  "privileged",
  "isolation",
] as const satisfies readonly (keyof Build)[];

/** `provenance: false` is what is done anyhow. */
function asksForSomething(value: Build[typeof NEVER[number]]): boolean {
  return value !== undefined && value !== "false";
}

function isKnownSource(source: string): boolean {
  const [, scheme] = /^([a-z-]+):\/\//i.exec(source) ?? [];
  return scheme === undefined || ["docker-image", "http", "https", "git", "ssh"].includes(scheme);
}
