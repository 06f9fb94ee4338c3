/** `extends`: a service that takes over everything from another one, of the same document or of another file. */
import { getExtendedFile } from "./extended_file.ts";
import type { MergeContext } from "./merge_context.ts";
import { mergeService } from "./merge.ts";
import { applyDirectives } from "./reset.ts";
import { describe, mustBe, problemAt, rootSpot, type Spot, spotIn } from "./spot.ts";
import { isMapping, type Mapping, newMapping, type Value } from "./value.ts";
import { copyValue } from "./copy_value.ts";
import type { YamlDocument } from "./yaml.ts";

/** Changes `document`, whose variables are filled in: afterwards no service of it extends another. */
export function applyExtends(
  document: Mapping,
  file: string,
  directives: YamlDocument["directives"],
  context: MergeContext,
): void {
  const services = document["services"];
  if (!isMapping(services)) return;
  const root = rootSpot(context.locations, document, "services");
  const scope: Scope = { file, services, root, isDocument: true };
  const names = Object.keys(services).filter((name) => isMapping(services[name]));
  for (const name of names) extend(name, scope, { directives, trail: [], context });
}

/** Services that can name each other. */
interface Scope {
  /** Absolute path. */
  readonly file: string;
  readonly services: Mapping;
  readonly root: Spot;
  /** Whether they are those of the document itself, in which the results are kept. */
  readonly isDocument: boolean;
}

interface Extension {
  /** What the file of the extending service takes out of what it extends. */
  readonly directives: YamlDocument["directives"];
  /** The services that are being extended. */
  readonly trail: readonly Step[];
  readonly context: MergeContext;
}

interface Step {
  readonly file: string;
  readonly service: string;
}

/** Longer chains only come from links that lead in circles. */
const MAX_CHAIN = 100;

function extend(name: string, scope: Scope, extension: Extension): Mapping {
  const { services } = scope;
  const service = services[name]!;
  const spot = spotIn(scope.root, services, name);
  if (service === null) {
    throw problemAt(spot, `Service ${name} is empty: it cannot be extended`, "add `image`");
  }
  if (!isMapping(service)) throw mustBe(spot, service, "a service");
  if (!("extends" in service)) return service;
  const { directives, context } = extension;
  const reference = readReference(service, spot);
  const trail = addStep({ file: scope.file, service: name }, extension.trail, reference.spot);
  const base = extendBase(reference, scope, { ...extension, trail });
  const source = copyValue(base, context.locations) as Mapping;
  applyDirectives(wrap(name, source), directives);
  const merged = mergeService(source, service, spot);
  delete merged["extends"];
  if (scope.isDocument) services[name] = merged;
  return merged;
}

/**
 * What a service of another file says by `!reset` and `!override` counts where that service is the one that is extended, and not in
 * what it extends in its own file: so it is with the reference.
 */
function extendBase(reference: Reference, scope: Scope, extension: Extension): Mapping {
  const { file, service, spot } = reference;
  const other = file === undefined ? undefined : getExtendedFile(file, reference.fileSpot, extension.context);
  const next: Scope = other === undefined ? scope : { ...other, isDocument: false };
  if (!(service in next.services)) {
    const where = file === undefined ? "" : ` in ${file}`;
    throw problemAt(
      spot,
      `There is no service ${describe(spot, service)}${where} to extend`,
      "mend its name",
    );
  }
  const directives = other?.directives ?? (scope.isDocument ? extension.directives : []);
  return extend(service, next, { ...extension, directives });
}

interface Reference {
  readonly service: string;
  readonly file: string | undefined;
  readonly spot: Spot;
  readonly fileSpot: Spot;
}

function readReference(service: Mapping, parent: Spot): Reference {
  const spot = spotIn(parent, service, "extends");
  const value = service["extends"]!;
  if (typeof value === "string") return { service: value, file: undefined, spot, fileSpot: spot };
  if (!isMapping(value)) throw mustBe(spot, value, "the name of a service, or `service` and `file`");
  const { service: name, file = null } = value;
  if (typeof name !== "string") throw problemAt(spot, "`extends` names no service", "add `service`");
  const fileSpot = spotIn(spot, value, "file");
  if (file !== null && typeof file !== "string") throw mustBe(fileSpot, file, "a path");
  return { service: name, file: file ?? undefined, spot: spotIn(spot, value, "service"), fileSpot };
}

function addStep(step: Step, trail: readonly Step[], spot: Spot): readonly Step[] {
  const isKnown = trail.some(({ file, service }) => file === step.file && service === step.service);
  if (!isKnown && trail.length < MAX_CHAIN) return [...trail, step];
  const names = [...trail, step].slice(-10).map(({ service }) => service);
  throw problemAt(spot, `Services extend each other: ${names.join(" → ")}`, "remove one of the `extends`");
}

function wrap(name: string, service: Value): Mapping {
  const services = newMapping();
  services[name] = service;
  return Object.assign(newMapping(), { services });
}
