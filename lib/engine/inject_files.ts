/** Puts configs and secrets that come from a variable or from the Compose file itself into a container that does not run yet. */
import type { FileObject, FileReference, Project, Service } from "../compose/project.ts";
import { ConfigurationError } from "../errors.ts";
import { configTarget, secretTarget } from "./mounts.ts";
import { attempt } from "./request_error.ts";
import { type DeployRun, projectOf, request } from "./run.ts";
import { tarArchive } from "./tar.ts";

export interface InjectedFile {
  readonly kind: "secret" | "config";
  readonly source: string;
  /** Absolute path in the container. */
  readonly target: string;
  readonly content: string;
  readonly mode: number;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

const READABLE_BY_ALL = 0o444;

export interface Injection {
  readonly containerId: string;
  readonly containerName: string;
  readonly service: Service;
}

export async function injectFiles(
  run: DeployRun,
  { containerId, containerName, service }: Injection,
): Promise<void> {
  for (const file of injectedFiles(projectOf(run), service)) {
    const { kind, source, target, content, mode, uid, gid } = file;
    if (service.read_only === true) throw readOnly(service, file);
    await attempt(
      `Cannot put ${kind} ${source} into container ${containerName}`,
      run.signal,
      () =>
        request(run, {
          method: "PUT",
          path: `/containers/${containerId}/archive`,
          query: { path: "/", copyUIDGID: uid !== undefined || gid !== undefined ? true : undefined },
          archive: tarArchive({
            path: target,
            content: new TextEncoder().encode(content),
            mode,
            uid: uid ?? 0,
            gid: gid ?? 0,
          }),
        }),
      { confidential: [content] },
    );
  }
}

/** In the order in which they are put in place. */
export function injectedFiles(project: Project, service: Service): InjectedFile[] {
  return [
    ...filesOf("secret", project.secrets, service.secrets ?? [], secretTarget),
    ...filesOf("config", project.configs, service.configs ?? [], configTarget),
  ];
}

function filesOf(
  kind: InjectedFile["kind"],
  objects: Readonly<Record<string, FileObject>>,
  references: readonly FileReference[],
  targetOf: (reference: FileReference) => string,
): InjectedFile[] {
  return references.flatMap((reference) => {
    const { source = "", mode = READABLE_BY_ALL, uid, gid } = reference;
    const content = objects[source]?.content;
    if (content === undefined || objects[source]?.file !== undefined) return [];
    const owner = { uid: numericId(kind, source, uid), gid: numericId(kind, source, gid) };
    return [{ kind, source, target: targetOf(reference), content, mode, ...owner }];
  });
}

function numericId(kind: string, source: string, id: string | undefined): number | undefined {
  if (id === undefined || id === "") return undefined;
  if (/^\d+$/.test(id)) return Number(id);
  throw new ConfigurationError(`The owner "${id}" of ${kind} ${source} is no number`, {
    hint: 'give uid and gid as numbers, such as "1000"',
  });
}

function readOnly({ name }: Service, { kind, source }: InjectedFile): ConfigurationError {
  return new ConfigurationError(
    `Cannot put ${kind} ${source} into service ${name}: its root file system is read-only`,
    {
      path: `services.${name}.read_only`,
      hint: `give the ${kind} as a file, which is mounted, or take read_only away`,
    },
  );
}
