/** Puts configs and secrets that come from a variable or from the Compose file itself into a container that does not run yet. */
import { API_SOCKET_LOGINS } from "../compose/api_socket.ts";
import { type InjectedFile, serviceFilesOf } from "../compose/service_files.ts";
import type { Service } from "../compose/project.ts";
import { ConfigurationError } from "../errors.ts";
import { getLogins } from "./registry_login.ts";
import { attempt } from "./request_error.ts";
import { type DeployRun, projectOf, request } from "./run.ts";
import { tarArchive } from "./tar.ts";

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
  const project = projectOf(run);
  const { injected } = serviceFilesOf(project, service, project.workingDir);
  for (const file of [...injected, ...await loginsOf(run, service)]) {
    if (service.read_only === true) throw readOnly(service, file);
    const owner = { uid: numericId(file, file.uid), gid: numericId(file, file.gid) };
    const archive = await archiveOf(file, owner);
    await attempt(
      `Cannot put ${file.target} into container ${containerName}`,
      run.signal,
      () =>
        request(run, {
          method: "PUT",
          path: `/containers/${containerId}/archive`,
          query: {
            path: "/",
            copyUIDGID: owner.uid === undefined && owner.gid === undefined ? undefined : true,
          },
          archive,
        }),
      { confidential: [file.content] },
    );
  }
}

async function loginsOf(run: DeployRun, { use_api_socket: wanted }: Service): Promise<InjectedFile[]> {
  if (wanted !== true) return [];
  return [{ target: API_SOCKET_LOGINS, content: (await getLogins(run.dockerConfig)).reveal() }];
}

interface Owner {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

function archiveOf(
  { target, content, mode = READABLE_BY_ALL }: InjectedFile,
  { uid = 0, gid = 0 }: Owner,
): Promise<Uint8Array<ArrayBuffer>> {
  return tarArchive([{ name: target, content, mode, uid, gid }]);
}

function numericId({ target }: InjectedFile, id: string | undefined): number | undefined {
  if (id === undefined || id === "") return undefined;
  if (/^\d+$/.test(id)) return Number(id);
  throw new ConfigurationError(`The owner "${id}" of ${target} is no number`, {
    hint: 'give uid and gid as numbers, such as "1000"',
  });
}

function readOnly({ name }: Service, { target }: InjectedFile): ConfigurationError {
  return new ConfigurationError(
    `Cannot put ${target} into service ${name}: its root file system is read-only`,
    {
      path: `services.${name}.read_only`,
      hint: "give the config or secret as a file, which is mounted, or take read_only away",
    },
  );
}
