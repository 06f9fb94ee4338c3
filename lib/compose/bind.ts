/** Makes the typed project out of a model whose every form is long and every name known. */
import { type EnvFileContext, resolveEnvironment } from "./env_files.ts";
import { eachEntry } from "./entries.ts";
import { type BindNotes, hasNoKeys, type Kind, put } from "./kind.ts";
import { resolveLabels } from "./label_files.ts";
import { model } from "./plugin_shapes.ts";
import type { FileObject, Model as LanguageModel, Network, Service, Volume } from "./project.ts";
import { fileObject, network, volume } from "./resource_shapes.ts";
import { service as serviceShape } from "./service_shape.ts";
import { rootSpot, type Spot } from "./spot.ts";
import type { Mapping } from "./value.ts";

/** Everything that the files declare, used or not. */
export interface Model {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, Network>>;
  readonly volumes: Readonly<Record<string, Volume>>;
  readonly configs: Readonly<Record<string, FileObject>>;
  readonly secrets: Readonly<Record<string, FileObject>>;
  readonly models: Readonly<Record<string, LanguageModel>>;
}

export interface BindContext extends EnvFileContext, BindNotes {}

export function bindModel(
  dict: Mapping,
  isEnabled: (service: Service) => boolean,
  context: BindContext,
): Model {
  return {
    services: bindServices(dict, isEnabled, context),
    networks: bindAll(dict, "networks", network, context),
    volumes: bindAll(dict, "volumes", volume, context),
    configs: bindAll(dict, "configs", fileObject, context),
    secrets: bindAll(dict, "secrets", fileObject, context),
    models: bindAll(dict, "models", model, context),
  };
}

/** Env and label files are read for enabled services only: those of the others need not be there. */
function bindServices(
  dict: Mapping,
  isEnabled: (service: Service) => boolean,
  context: BindContext,
): Record<string, Service> {
  const services: Record<string, Service> = {};
  eachEntry(rootSpot(context.locations, dict, "services"), (entry, spot) => {
    const name = String(spot.key);
    const { env_file: _read, ...attributes } = entry;
    context.locations.adopt(entry, attributes);
    const bound: Service = { name, ...serviceShape.bind(attributes, spot, context)! };
    put(services, name, isEnabled(bound) ? withFiles(bound, entry, spot, context) : bound);
  });
  return services;
}

function withFiles(service: Service, entry: Mapping, spot: Spot, context: BindContext): Service {
  const environment = resolveEnvironment(entry, spot, service.environment ?? {}, context);
  const labels = resolveLabels(entry, spot, service.labels ?? {}, context);
  return {
    ...service,
    ...(hasNoKeys(environment) ? {} : { environment }),
    ...(hasNoKeys(labels) ? {} : { labels }),
  };
}

function bindAll<T>(dict: Mapping, kind: string, shape: Kind<T>, context: BindContext): Record<string, T> {
  const result: Record<string, T> = {};
  eachEntry(rootSpot(context.locations, dict, kind), (entry, spot) => {
    const bound = shape.bind(entry, spot, context);
    if (bound !== undefined) put(result, String(spot.key), bound);
  });
  return result;
}
