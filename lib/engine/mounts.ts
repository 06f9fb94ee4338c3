/**
 * What a container mounts. The engine has two forms: a Bind creates a missing folder of the host, and a Mount has every option.
 * Which form Compose takes shows in what the engine does, so it is taken likewise.
 */
import { API_SOCKET_CONFIG } from "../compose/api_socket.ts";
import type { FileObject, FileReference, Mount, Project, Service } from "../compose/project.ts";
import { HomeportError } from "../errors.ts";
import type { MountBody } from "./body.ts";

/** A volume without a name of its own, which the engine made for the container that is replaced. */
export interface InheritedVolume {
  readonly name: string;
  readonly target: string;
  readonly readOnly: boolean;
}

export interface Volumes {
  readonly binds: readonly string[];
  readonly mounts: readonly MountBody[];
}

export function volumesOf(
  project: Project,
  service: Service,
  inherited: readonly InheritedVolume[],
): Volumes {
  const binds: string[] = [];
  const mounts = new Map<string, MountBody>(
    inherited.map((volume) => [volume.target, inheritedMount(volume)]),
  );
  for (const mount of byTarget(service.volumes ?? [])) {
    const target = mount.target ?? "";
    if (isAnonymous(mount) && mounts.has(target)) continue;
    mounts.delete(target);
    const bind = bindOf(project, mount);
    if (bind === undefined) mounts.set(target, mountBody(project, mount));
    else binds.push(bind);
  }
  const taken = new Set(service.volumes?.map(({ target }) => target));
  for (const file of [...secretMounts(project, service), ...configMounts(project, service)]) {
    if (!taken.has(file.Target) && !mounts.has(file.Target)) mounts.set(file.Target, file);
  }
  return { binds, mounts: [...mounts.values()] };
}

/** A later mount replaces an earlier one of the same target. */
function byTarget(mounts: readonly Mount[]): Mount[] {
  return [...new Map(mounts.map((mount) => [mount.target, mount])).values()];
}

export function isAnonymous({ type, source }: Mount): boolean {
  return type === "volume" && (source === undefined || source === "");
}

function inheritedMount({ name, target, readOnly }: InheritedVolume): MountBody {
  return { Type: "volume", Source: name, Target: target, ReadOnly: readOnly };
}

/** `source:target:options`, where this form can say it. */
function bindOf(project: Project, mount: Mount): string | undefined {
  const source = sourceOf(project, mount);
  if (mount.type === "bind" && !bindNeedsMount(mount)) return bindString(source, mount);
  if (mount.type === "volume" && isOfProject(project, mount) && !volumeNeedsMount(mount)) {
    return bindString(source, mount);
  }
  return undefined;
}

function bindString(source: string | undefined, { target, read_only: readOnly, bind }: Mount): string {
  const options = [readOnly === true ? "ro" : "rw"];
  options.push(...[bind?.selinux ?? "", bind?.propagation ?? ""].filter((option) => option !== ""));
  return `${source}:${target}:${options.join(",")}`;
}

function bindNeedsMount({ bind }: Mount): boolean {
  if (bind === undefined) return false;
  return bind.create_host_path !== true || Boolean(bind.propagation) || Boolean(bind.recursive);
}

function volumeNeedsMount({ volume }: Mount): boolean {
  if (volume === undefined) return false;
  return Object.keys(volume.labels ?? {}).length > 0 || Boolean(volume.subpath) || volume.nocopy === true;
}

function isOfProject({ volumes }: Project, { source }: Mount): boolean {
  return source !== undefined && volumes[source] !== undefined;
}

function sourceOf({ volumes }: Project, { type, source }: Mount): string | undefined {
  return type === "volume" && source !== undefined ? volumes[source]?.name ?? source : source;
}

function mountBody(project: Project, mount: Mount): MountBody {
  const { type = "volume", target = "", read_only: readOnly, consistency } = mount;
  const source = sourceOf(project, mount);
  return {
    Type: type,
    Source: source === "" ? undefined : source,
    Target: target,
    ReadOnly: readOnly,
    Consistency: consistency,
    ...optionsOf(mount),
  };
}

function optionsOf({ type, bind, volume, tmpfs, image }: Mount): Partial<MountBody> {
  if (type === "bind" && bind !== undefined) {
    return {
      BindOptions: {
        Propagation: bind.propagation,
        CreateMountpoint: bind.create_host_path === true ? true : undefined,
        NonRecursive: bind.recursive === "disabled" ? true : undefined,
        ReadOnlyNonRecursive: bind.recursive === "writable" ? true : undefined,
        ReadOnlyForceRecursive: bind.recursive === "readonly" ? true : undefined,
      },
    };
  }
  if (type === "volume" && volume !== undefined) {
    return { VolumeOptions: { NoCopy: volume.nocopy, Subpath: volume.subpath, Labels: volume.labels } };
  }
  if (type === "tmpfs" && tmpfs !== undefined) {
    return { TmpfsOptions: { SizeBytes: tmpfs.size, Mode: tmpfs.mode } };
  }
  if (type === "image" && image !== undefined) return { ImageOptions: { Subpath: image.subpath } };
  return {};
}

function secretMounts(project: Project, service: Service): MountBody[] {
  return fileMounts("secret", project.secrets, service.secrets ?? [], secretTarget);
}

function configMounts(project: Project, service: Service): MountBody[] {
  return fileMounts("config", project.configs, service.configs ?? [], configTarget);
}

/** Where a service finds a secret. */
function secretTarget({ target, source }: FileReference): string {
  return underFolder("/run/secrets/", target, source);
}

/** Where a service finds a config. */
function configTarget({ target, source }: FileReference): string {
  return underFolder("/", target, source);
}

function underFolder(folder: string, target: string | undefined, source = ""): string {
  if (target === undefined || target === "") return folder + source;
  return target.startsWith("/") ? target : folder + target;
}

/** Only those that come from a file; the others are copied into the container before it starts. */
function fileMounts(
  kind: "secret" | "config",
  objects: Readonly<Record<string, FileObject>>,
  references: readonly FileReference[],
  targetOf: (reference: FileReference) => string,
): MountBody[] {
  return references.flatMap((reference) => {
    // It is copied into the container before it starts.
    if (reference.source === API_SOCKET_CONFIG) return [];
    const object = objects[reference.source ?? ""];
    if (object === undefined) throw new HomeportError(`There is no ${kind} "${reference.source}"`);
    if (object.file === undefined) return [];
    const options = kind === "secret" ? { BindOptions: {} } : {};
    return [{ Type: "bind", Source: object.file, Target: targetOf(reference), ReadOnly: true, ...options }];
  });
}
