/** Encrypted files of the repository as stacks see them: in plain, and nowhere but in memory. */
import type { LoadedProject } from "../compose/load.ts";
import type { FileObject, Project } from "../compose/project.ts";
import { ConfigurationError } from "../errors.ts";
import type { Files } from "./stack.ts";

/** By absolute path: the plain content, or why there is none. */
export type OpenedFiles = ReadonlyMap<string, Uint8Array | Error>;

/** Files of which the encrypted ones read as their plain content. One that could not be opened fails who reads it. */
export function openedFiles(files: Files, opened: OpenedFiles | undefined): Files {
  if (opened === undefined || opened.size === 0) return files;
  return {
    ...files,
    read(path) {
      const content = opened.get(path);
      if (content instanceof Error) throw content;
      return content ?? files.read(path);
    },
  };
}

/** Configs and secrets that are encrypted files are put into containers in plain, rather than mounted as they lie there. */
export function withOpenedFiles(project: Project, opened: OpenedFiles | undefined): Project {
  if (opened === undefined || opened.size === 0) return project;
  const open = (objects: Project["secrets"], kind: string) =>
    Object.fromEntries(
      Object.entries(objects).map(([name, object]) => [name, openObject(object, `${kind}.${name}`, opened)]),
    );
  return { ...project, configs: open(project.configs, "configs"), secrets: open(project.secrets, "secrets") };
}

/** Which of them a stack reads, or puts into containers; sorted. */
export function openedBy({ project, usedFiles }: LoadedProject, opened: OpenedFiles): string[] {
  const objects = [...Object.values(project.configs), ...Object.values(project.secrets)];
  const paths = new Set([...usedFiles, ...objects.flatMap(({ file }) => file ?? [])]);
  return [...paths].filter((path) => opened.has(path)).sort();
}

function openObject(object: FileObject, path: string, opened: OpenedFiles): FileObject {
  const { file, ...rest } = object;
  const content = file === undefined ? undefined : opened.get(file);
  if (content === undefined) return object;
  if (content instanceof Error) throw content;
  return { ...rest, content: textOf(content, path) };
}

function textOf(content: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    throw new ConfigurationError("An encrypted file that is no text cannot be put into a container", {
      path,
      hint: "encode it, such as in base64, and let the container decode it",
    });
  }
}
