/** What every attribute allows by itself and the model as a whole does not. */
import type { ConfigurationError } from "../errors.ts";
import type { Model } from "./bind.ts";
import { findBuildFaults } from "./build_consistency.ts";
import { findCycle } from "./dependencies.ts";
import type { Locations } from "./locations.ts";
import type { Service } from "./project.ts";
import { findContradictions } from "./service_contradictions.ts";
import { problemAt, rootSpot, type Spot, spotIn } from "./spot.ts";
import { isMapping, type Mapping, newMapping } from "./value.ts";

export interface ConsistencyInput {
  readonly dict: Mapping;
  readonly locations: Locations;
  readonly model: Model;
  readonly enabled: Readonly<Record<string, Service>>;
}

/** Every problem of the enabled services. */
export function findInconsistencies(input: ConsistencyInput): ConfigurationError[] {
  const { dict, locations, enabled, model } = input;
  const services = isMapping(dict["services"]) ? dict["services"] : newMapping();
  const root = rootSpot(locations, dict, "services");
  const problems = Object.values(enabled).flatMap((service) => {
    const entry = services[service.name] as Mapping;
    const spot = spotIn(root, services, service.name);
    return [
      ...findDanglingReferences(service, entry, spot, input),
      ...findContradictions(service, entry, spot),
      ...findBuildFaults(service, entry, spot, { model, enabled }),
    ];
  });
  return [
    ...problems,
    ...findEmptySecrets(input),
    ...findRepeatedContainerNames(input, root),
    ...findDependencyCycle(input, root),
  ];
}

function findDanglingReferences(
  service: Service,
  entry: Mapping,
  spot: Spot,
  { model, enabled }: ConsistencyInput,
): ConfigurationError[] {
  const problems: ConfigurationError[] = [];
  const refer = (kind: keyof Model, attribute: string, name: string, key: string | number): void => {
    if (Object.hasOwn(model[kind], name)) return;
    const what = kind.slice(0, -1);
    problems.push(problemAt(
      entrySpot(entry, attribute, key, spot),
      `Service ${service.name} uses ${what} ${name}, which is not declared`,
      `declare it under the top-level \`${kind}\`, or mend its name`,
    ));
  };
  for (const name of Object.keys(service.networks ?? {})) refer("networks", "networks", name, name);
  service.volumes?.forEach(({ type, source }, index) => {
    if (type === "volume" && source !== undefined) refer("volumes", "volumes", source, index);
  });
  service.configs?.forEach(({ source }, index) => refer("configs", "configs", source ?? "", index));
  for (const name of Object.keys(service.models ?? {})) refer("models", "models", name, name);
  service.secrets?.forEach(({ source }, index) => refer("secrets", "secrets", source ?? "", index));
  for (const [name, { required }] of Object.entries(service.depends_on ?? {})) {
    if (Object.hasOwn(enabled, name)) continue;
    const disabled = Object.hasOwn(model.services, name) ? model.services[name] : undefined;
    if (disabled !== undefined && !required) continue;
    const place = dependencySpot(entry, name, spot);
    problems.push(
      disabled === undefined
        ? problemAt(
          place,
          `Service ${service.name} depends on service ${name}, which is not declared`,
          "mend its name",
        )
        : problemAt(
          place,
          `Service ${service.name} depends on service ${name}, which is not enabled`,
          `enable one of its profiles (${disabled.profiles?.join(", ")}), or set \`required: false\``,
        ),
    );
  }
  return problems;
}

/** Also of those that nothing uses. */
function findEmptySecrets({ dict, locations, model }: ConsistencyInput): ConfigurationError[] {
  return Object.keys(model.secrets).flatMap((name) => {
    const { external, file, environment } = model.secrets[name]!;
    if (external === true || file !== undefined || environment !== undefined) return [];
    const spot = spotIn(rootSpot(locations, dict, "secrets"), dict["secrets"] as Mapping, name);
    return [problemAt(spot, `Secret ${name} has no content`, "add file or environment")];
  });
}

function findRepeatedContainerNames({ dict, enabled }: ConsistencyInput, root: Spot): ConfigurationError[] {
  const owners = new Map<string, string>();
  const services = dict["services"] as Mapping;
  return Object.values(enabled).flatMap(({ name, container_name: containerName }) => {
    if (containerName === undefined) return [];
    const owner = owners.get(containerName);
    if (owner === undefined) owners.set(containerName, name);
    if (owner === undefined) return [];
    const spot = spotIn(spotIn(root, services, name), services[name] as Mapping, "container_name");
    return [problemAt(
      spot,
      `Services ${owner} and ${name} have the same container name ${containerName}`,
      "give each its own",
    )];
  });
}

function findDependencyCycle({ dict, enabled }: ConsistencyInput, root: Spot): ConfigurationError[] {
  const cycle = findCycle(enabled);
  if (cycle === undefined) return [];
  const services = dict["services"] as Mapping;
  const [first, second] = cycle as [string, string];
  const spot = dependencySpot(services[first] as Mapping, second!, spotIn(root, services, first));
  return [
    problemAt(spot, `Services depend on each other: ${cycle.join(" → ")}`, "remove one of the dependencies"),
  ];
}

/** The entry `key` of an attribute, or the attribute where it is not there. */
function entrySpot(service: Mapping, attribute: string, key: string | number, spot: Spot): Spot {
  const parent = spotIn(spot, service, attribute);
  const held = service[attribute];
  return isMapping(held) || Array.isArray(held) ? spotIn(parent, held, key) : parent;
}

const IMPLYING = ["links", "network_mode", "ipc", "pid", "uts", "cgroup", "volumes_from"];

/** Where a dependency was written: in `depends_on`, or as what implies it, from which it has its location. */
function dependencySpot(service: Mapping, name: string, spot: Spot): Spot {
  const { locations } = spot;
  const dependencies = service["depends_on"];
  const written = isMapping(dependencies) ? locations.find(dependencies, name) : undefined;
  for (const attribute of written === undefined ? [] : IMPLYING) {
    const held = service[attribute];
    const place = spotIn(spot, service, attribute);
    if (locations.find(service, attribute) === written && typeof held === "string") return place;
    if (!Array.isArray(held)) continue;
    const index = held.findIndex((_, each) => locations.find(held, each) === written);
    if (index !== -1) return spotIn(place, held, index);
  }
  return entrySpot(service, "depends_on", name, spot);
}
