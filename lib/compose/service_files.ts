/** What a service mounts besides its image: files that are there, and content that is put into its containers. */
import { cleanPath } from "./clean_path.ts";
import type { FileObject, FileReference, Project, Service } from "./project.ts";

export interface MountedFiles {
  /** Absolute paths of files and folders inside the root folder; sorted, each once. */
  readonly paths: readonly string[];
  /** Configs and secrets whose content is put into the container before it starts; sorted by target. */
  readonly injected: readonly InjectedFile[];
}

export interface InjectedFile {
  /** Absolute path in the container. */
  readonly target: string;
  readonly content: string;
  readonly uid?: string;
  readonly gid?: string;
  readonly mode?: number;
}

/** `root`: absolute; what lies elsewhere on the machine is not looked at. */
export function serviceFilesOf(project: Project, service: Service, root: string): MountedFiles {
  const configs = usesOf(service.configs, project.configs, "/");
  const secrets = usesOf(service.secrets, project.secrets, "/run/secrets/");
  const paths = [
    ...mountSources(service, project),
    ...[...configs, ...secrets].flatMap(({ object }) => object.file ?? []),
  ];
  return {
    paths: [...new Set(paths.map(cleanPath))].filter((path) => isInside(path, root)).sort(),
    injected: [...configs, ...secrets].flatMap(toInjected).sort((a, b) => a.target < b.target ? -1 : 1),
  };
}

/** Bind mounts, and named volumes that are bind mounts by their driver's options. */
function mountSources({ volumes = [] }: Service, project: Project): string[] {
  return volumes.flatMap(({ type, source }) => {
    if (source === undefined) return [];
    if (type === "bind") return [source];
    const volume = type === "volume" && Object.hasOwn(project.volumes, source)
      ? project.volumes[source]
      : undefined;
    const { o, device } = volume?.driver_opts ?? {};
    return o === "bind" && device !== undefined ? [device] : [];
  });
}

interface Use {
  readonly object: FileObject;
  readonly reference: FileReference;
  readonly target: string;
}

function usesOf(
  references: readonly FileReference[] | undefined,
  objects: Readonly<Record<string, FileObject>>,
  folder: string,
): Use[] {
  return (references ?? []).flatMap((reference) => {
    const source = reference.source ?? "";
    const object = Object.hasOwn(objects, source) ? objects[source] : undefined;
    const name = reference.target ?? source;
    return object === undefined
      ? []
      : [{ object, reference, target: name.startsWith("/") ? name : folder + name }];
  });
}

function toInjected({ object, reference: { uid, gid, mode }, target }: Use): InjectedFile[] {
  // Of an empty content `docker compose` makes no file.
  if (object.content === undefined || object.content === "") return [];
  return [{
    target,
    content: object.content,
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
    ...(mode === undefined ? {} : { mode }),
  }];
}

function isInside(path: string, root: string): boolean {
  const folder = cleanPath(root);
  return path === folder || path.startsWith(folder === "/" ? "/" : `${folder}/`);
}
