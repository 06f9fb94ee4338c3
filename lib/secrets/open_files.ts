/** Encrypted files of the repository, opened in memory. */
import { posix } from "node:path";
import { asError } from "../errors.ts";
import type { StringMap } from "../compose/project.ts";
import type { EncryptedFiles, OpenedFile } from "../config/secrets_provider.ts";

/** The files of a checkout that providers may open. */
export interface RepositoryFiles {
  /** Absolute path of the checkout. */
  readonly root: string;
  /** Absolute paths of what may be opened; sorted. */
  readonly paths: readonly string[];
  /** The host's stacks; folders are absolute paths. */
  readonly stacks: readonly { readonly name: string; readonly folder: string }[];
  read(path: string): Uint8Array | undefined;
}

/** What became of one provider's files. */
export interface OpenedFiles {
  /** By absolute path. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
  readonly failures: ReadonlyMap<string, Error>;
  /** By stack. */
  readonly variables: Readonly<Record<string, StringMap>>;
}

export const NO_FILES: OpenedFiles = { contents: new Map(), failures: new Map(), variables: {} };

/** The files among them that are the provider's to open: told once, for it may take a look at each. */
export function coveredBy(encrypted: EncryptedFiles, repository: RepositoryFiles): RepositoryFiles {
  const paths = repository.paths.filter((path) =>
    encrypted.covers(relative(repository, path), () => contentOf(repository, path))
  );
  return { ...repository, paths };
}

/** Opens all of the files. One that cannot be opened stops no other. */
export async function openFiles(
  encrypted: EncryptedFiles,
  repository: RepositoryFiles,
  signal: AbortSignal,
): Promise<OpenedFiles> {
  const { paths } = repository;
  const results = await Promise.allSettled(
    paths.map(async (path) => await encrypted.open(relative(repository, path), contentOf(repository, path))),
  );
  signal.throwIfAborted();
  const opened = new Map<string, OpenedFile>();
  const failures = new Map<string, Error>();
  results.forEach((result, index) => {
    if (result.status === "fulfilled") opened.set(paths[index]!, result.value);
    else failures.set(paths[index]!, asError(result.reason));
  });
  return {
    contents: new Map([...opened].map(([path, { content }]) => [path, content])),
    failures,
    variables: Object.fromEntries(repository.stacks.flatMap((stack) => {
      const own = paths.filter((path) => isBeside(path, stack) && opened.has(path));
      const variables = Object.assign({}, ...own.map((path) => opened.get(path)!.variables));
      return own.length === 0 ? [] : [[stack.name, variables]];
    })),
  };
}

/** Names of the variables that files beside a stack give to it, by stack; and, for those that tell no names, why. */
export function namesBeside(
  encrypted: EncryptedFiles,
  repository: RepositoryFiles,
): {
  readonly names: Readonly<Record<string, ReadonlySet<string>>>;
  readonly failures: Readonly<Record<string, Error>>;
} {
  const names: Record<string, Set<string>> = Object.create(null);
  const failures: Record<string, Error> = Object.create(null);
  for (const path of repository.paths) {
    const stack = repository.stacks.find((each) => isBeside(path, each));
    if (stack === undefined) continue;
    try {
      const found = encrypted.namesIn(relative(repository, path), contentOf(repository, path));
      names[stack.name] = new Set([...names[stack.name] ?? [], ...found]);
    } catch (error) {
      failures[stack.name] ??= asError(error);
    }
  }
  return { names, failures };
}

function contentOf(repository: RepositoryFiles, path: string): Uint8Array {
  return repository.read(path) ?? new Uint8Array();
}

/** In the stack's folder itself: what lies deeper belongs to what lies there. */
function isBeside(path: string, { folder }: { readonly folder: string }): boolean {
  return posix.dirname(path) === folder;
}

function relative({ root }: RepositoryFiles, path: string): string {
  return posix.relative(root, path);
}
