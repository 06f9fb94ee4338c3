/** Makes explicit what a model implies: the default network, the dependencies behind references, the names of resources. */
import { cleanPath } from "./clean_path.ts";
import { eachEntry, eachItem } from "./entries.ts";
import type { Lookup } from "./interpolate.ts";
import type { Locations } from "./locations.ts";
import { newDependency } from "./merge.ts";
import { rootSpot, type Spot } from "./spot.ts";
import { isMapping, type Mapping, newMapping, type Value } from "./value.ts";

export interface NormaliseContext {
  readonly projectName: string;
  readonly lookup: Lookup;
  readonly locations: Locations;
}

/** Changes `dict`. */
export function normalise(dict: Mapping, { projectName, lookup, locations }: NormaliseContext): void {
  eachEntry(rootSpot(locations, dict, "services"), (service, spot) => {
    if (service["pull_policy"] === "if_not_present") service["pull_policy"] = "missing";
    completeBuild(service, lookup, locations);
    if (service["environment"] !== undefined) inheritValues(service, lookup, locations);
    eachItem(service, "volumes", spot, (mount) => mount["target"] = cleanPath(String(mount["target"])));
    inheritImage(service, spot);
    addDefaultNetwork(service);
    addImpliedDependencies(service, spot);
  });
  declareDefaultNetwork(dict);
  for (const kind of ["networks", "volumes", "configs", "secrets"]) {
    nameResources(dict, kind, projectName, locations);
  }
}

/** A variable without a value takes that of the project's variable of the same name, if there is one. */
function inheritValues(service: Mapping, lookup: Lookup, locations: Locations): void {
  resolveListedVariables(service, lookup, locations);
  const environment = service["environment"]!;
  if (!isMapping(environment)) return;
  for (const name of Object.keys(environment)) {
    if (environment[name] === null) environment[name] = lookup(name) ?? null;
  }
}

/** The same, where they are written as a list only. */
export function resolveListedVariables(service: Mapping, lookup: Lookup, locations: Locations): void {
  const environment = service["environment"];
  if (!Array.isArray(environment)) return;
  service["environment"] = withValues(environment, lookup, locations, (name) => [name]);
}

/** `unset`: what becomes of a name without a value that no variable gives it. */
function withValues(
  list: readonly Value[],
  lookup: Lookup,
  locations: Locations,
  unset: (name: string) => readonly Value[],
): Value[] {
  const result: Value[] = [];
  list.forEach((item, index) => {
    const isName = typeof item === "string" && !item.includes("=");
    const value = isName ? lookup(item) : undefined;
    const kept = !isName ? [item] : value === undefined ? unset(item) : [`${item}=${value}`];
    for (const each of kept) {
      locations.copy(list, index, result, result.length);
      result.push(each);
    }
  });
  return result;
}

function completeBuild(service: Mapping, lookup: Lookup, locations: Locations): void {
  const build = service["build"];
  if (!isMapping(build)) return;
  if (!("dockerfile_inline" in build)) build["dockerfile"] ??= "Dockerfile";
  const args = build["args"];
  if (Array.isArray(args)) build["args"] = withValues(args, lookup, locations, () => []);
  if (!isMapping(args)) return;
  for (const name of Object.keys(args)) {
    args[name] ??= lookup(name) ?? null;
    if (args[name] === null) delete args[name];
  }
}

function inheritImage(service: Mapping, spot: Spot): void {
  const { image } = service;
  if (typeof image !== "string" || image === "") return;
  eachItem(service, "pre_start", spot, (hook) => hook["image"] ??= image);
}

function addDefaultNetwork(service: Mapping): void {
  if (service["provider"] !== undefined) return;
  if (service["network_mode"] !== undefined) return;
  const networks = service["networks"];
  if (isMapping(networks) && Object.keys(networks).length > 0) return;
  service["networks"] = Object.assign(newMapping(), { default: null });
}

function declareDefaultNetwork(dict: Mapping): void {
  const services = isMapping(dict["services"]) ? Object.values(dict["services"]) : [];
  const used = services.some((service) =>
    isMapping(service) && service["provider"] === undefined && service["network_mode"] === undefined &&
    isMapping(service["networks"]) &&
    "default" in service["networks"]
  );
  if (!used) return;
  const networks = isMapping(dict["networks"]) ? dict["networks"] : newMapping();
  if (!("default" in networks)) networks["default"] = null;
  dict["networks"] = networks;
}

const NAMESPACES = ["network_mode", "ipc", "pid", "uts", "cgroup"];

function addImpliedDependencies(service: Mapping, spot: Spot): void {
  const dependencies = isMapping(service["depends_on"]) ? service["depends_on"] : newMapping();
  const imply = (
    name: string,
    restart: boolean,
    container: Mapping | Value[],
    key: string | number,
  ): void => {
    if (name in dependencies) return;
    dependencies[name] = Object.assign(newDependency(), { restart });
    spot.locations.copy(container, key, dependencies, name);
  };
  eachText(service["links"], (link, list, index) => {
    const parts = link.split(":");
    imply(parts.length === 2 ? parts[0]! : link, true, list, index);
  });
  for (const namespace of NAMESPACES) {
    const reference = service[namespace];
    if (typeof reference !== "string" || !reference.startsWith("service:")) continue;
    imply(reference.slice("service:".length), true, service, namespace);
  }
  eachText(service["volumes_from"], (reference, list, index) => {
    if (!reference.startsWith("container:")) imply(reference.split(":")[0]!, false, list, index);
  });
  if (Object.keys(dependencies).length > 0) service["depends_on"] = dependencies;
}

function eachText(
  list: Value | undefined,
  visit: (text: string, list: Value[], index: number) => void,
): void {
  if (!Array.isArray(list)) return;
  list.forEach((item, index) => {
    if (typeof item === "string") visit(item, list, index);
  });
}

/** A resource without a name is called after its key: as it is when it exists already, else with the project's name before it. */
function nameResources(dict: Mapping, kind: string, projectName: string, locations: Locations): void {
  const resources = dict[kind];
  if (!isMapping(resources)) return;
  for (const key of Object.keys(resources)) {
    const held = resources[key]!;
    const resource = isMapping(held) ? held : newMapping();
    resource["name"] ??= resource["external"] === true ? key : `${projectName}_${key}`;
    resources[key] = resource;
    if (held !== resource) locations.copy(resources, key, resource, "name");
  }
}
