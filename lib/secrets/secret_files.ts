import { join } from "node:path";
import type { StringMap } from "../compose/project.ts";
import type { SecretsProvider } from "../config/secrets_provider.ts";
import { variableName } from "../config/value_rules.ts";
import { HomeportError } from "../errors.ts";
import { pathFaults } from "../config/option_faults.ts";

/**
 * Gives stacks the secrets of a folder of the host in which every file is one, as Docker and Kubernetes put them into containers and
 * systemd into services: the file's name is the variable's, exactly, and its content the value, without one line break at its end.
 *
 * Folders, and files whose name is no name of a variable (`tls.crt`), are left out. Links are followed. The files are read at every pass.
 *
 * A folder that is missing, or a file that cannot be read, stops the stacks that need it, and no others.
 *
 * @param folders Absolute paths. Where several have a variable, the last one wins.
 *
 * @example
 * ```ts
 * import { secretFiles } from "./lib/mod.ts";
 *
 * export const secrets = secretFiles("/run/secrets");
 * ```
 */
export function secretFiles(...folders: readonly string[]): SecretsProvider {
  return {
    label: `secret files in ${folders.join(", ")}`,
    variables: ({ signal }) => readFolders(folders, signal),
    mayProvide: (name) => mayHold(folders, name),
    faults: faultsOf(folders),
  };
}

function faultsOf(folders: readonly string[]): { message: string; hint: string }[] {
  const hint = 'write absolute paths, such as secretFiles("/run/secrets")';
  if (folders.length === 0) return [{ message: "secretFiles() names no folder", hint }];
  return pathFaults("secretFiles()", folders, hint);
}

const SIDE_BY_SIDE = 32;

async function readFolders(folders: readonly string[], signal: AbortSignal): Promise<StringMap> {
  const variables = new Map<string, string>();
  for (const folder of folders) {
    const entries = await entriesIn(folder);
    // So many at a time: a process may have open no more than some hundreds of files.
    for (let from = 0; from < entries.length; from += SIDE_BY_SIDE) {
      await Promise.all(
        entries.slice(from, from + SIDE_BY_SIDE).map(async (entry) => {
          const value = await readValue(join(folder, entry.name), entry, signal);
          if (value !== undefined) variables.set(entry.name, value);
        }),
      );
    }
  }
  return Object.fromEntries(variables);
}

async function entriesIn(folder: string): Promise<Deno.DirEntry[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(folder));
    return entries.filter(({ name }) => isVariable(name));
  } catch (error) {
    throw unreadable("folder", folder, error);
  }
}

/** Nothing for a folder, or a link to one. What is neither file nor folder, such as a pipe, would be waited for without end. */
async function readValue(
  path: string,
  entry: Deno.DirEntry,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const { isFile, isDirectory } = entry.isSymlink ? await Deno.stat(path) : entry;
    if (isDirectory) return undefined;
    if (!isFile) throw new Deno.errors.InvalidData("not a file");
    const bytes = await Deno.readFile(path, { signal });
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes).replace(/\r?\n$/, "");
  } catch (error) {
    signal.throwIfAborted();
    throw unreadable("file", path, error);
  }
}

function isVariable(name: string): boolean {
  return variableName(name) === undefined;
}

function unreadable(kind: "folder" | "file", path: string, cause: unknown): HomeportError {
  const [why, hint] = cause instanceof Deno.errors.NotFound
    ? [`there is no such ${kind}`, "create it on this host, readable for the user that runs Homeport"]
    : cause instanceof Deno.errors.PermissionDenied || cause instanceof Deno.errors.NotCapable
    ? ["permission denied", "make it readable for the user that runs Homeport"]
    : cause instanceof TypeError
    ? ["not text in UTF-8", "give the file another name if it is none for stacks, such as one with a dot"]
    : [`not a ${kind} that can be read`, `put a ${kind} in its place`];
  return new HomeportError(`cannot read the ${kind} of secrets ${path}: ${why}`, {
    hint,
    consequence: "wait",
    cause,
  });
}

/** Whether the folders that are here hold the name. Where one is missing, as on the machine of a pre-commit hook, it may be there. */
function mayHold(folders: readonly string[], name: string): boolean | "unknown" {
  if (!isVariable(name)) return false;
  const found = folders.map((folder) => has(folder, name));
  return found.includes(true) || (found.includes("unknown") && "unknown");
}

function has(folder: string, name: string): boolean | "unknown" {
  try {
    return [...Deno.readDirSync(folder)].some((entry) =>
      entry.name === name && !isFolder(join(folder, name))
    );
  } catch {
    return "unknown";
  }
}

/** A link that leads nowhere is a file that is missing. */
function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
