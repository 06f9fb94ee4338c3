import type { StringMap } from "../../compose/project.ts";
import type { CredentialReference } from "../../config/config.ts";
import { loadIdentities } from "./load_identities.ts";
import { readSopsFile } from "./sops_file.ts";
import { sopsError } from "./sops_error.ts";

export interface HostFiles {
  /** Of all files; they are readable without a key. */
  readonly names: ReadonlySet<string>;
  open(
    keys: readonly CredentialReference[] | undefined,
    dataDir: string,
  ): Promise<{ variables: StringMap; warnings: readonly string[] }>;
}

/** Reads files of the host that sops encrypted. Where several have a variable, the last one wins. */
export async function readHostFiles(paths: readonly string[], signal: AbortSignal): Promise<HostFiles> {
  const files = await Promise.all(paths.map(async (path) => readSopsFile(path, await read(path, signal))));
  const names = new Set(files.flatMap((file) => file.names()));
  return {
    names,
    open: async (keys, dataDir) => {
      const { identities, warnings } = await loadIdentities(keys, dataDir);
      signal.throwIfAborted();
      const opened = await Promise.all(files.map((file) => file.open(identities)));
      signal.throwIfAborted();
      return { variables: Object.assign({}, ...opened.map(({ variables }) => variables)), warnings };
    },
  };
}

async function read(path: string, signal: AbortSignal): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path, { signal });
  } catch (error) {
    if (signal.aborted) throw error;
    const [why, hint] = error instanceof Deno.errors.NotFound
      ? ["there is no such file", "create it on this host, encrypted with sops"]
      : ["permission denied or not a file", "make it readable for the user that runs Homeport"];
    throw sopsError(`cannot read the file ${path}: ${why}`, hint, { file: path });
  }
}
