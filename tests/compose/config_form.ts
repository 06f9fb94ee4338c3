import { fileObject, network, volume } from "../../lib/compose/resource_shapes.ts";
import { service } from "../../lib/compose/service_shape.ts";
import type { FileObject, Project } from "../../lib/compose/project.ts";

/** A project in the form that `docker compose config --format json` prints. */
export function configForm(project: Project): unknown {
  const form: Record<string, unknown> = {
    name: project.name,
    services: mapValues(
      project.services,
      ({ name: _name, label_file: _read, ...rest }) => JSON.parse(service.write(rest)),
    ),
  };
  const resources = {
    networks: mapValues(project.networks, (each) => JSON.parse(network.write(each))),
    volumes: mapValues(project.volumes, (each) => JSON.parse(volume.write(each))),
    configs: mapValues(project.configs, (each) => JSON.parse(fileObject.write(withoutLookedUp(each)))),
    secrets: mapValues(project.secrets, (each) => JSON.parse(fileObject.write(withoutLookedUp(each)))),
  };
  for (const [kind, map] of Object.entries(resources)) if (Object.keys(map).length > 0) form[kind] = map;
  return form;
}

function withoutLookedUp({ content, ...object }: FileObject): FileObject {
  return content === undefined || object.environment !== undefined ? object : { ...object, content };
}

function mapValues<T>(
  map: Readonly<Record<string, T>>,
  change: (value: T) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}
