import type { HashFlavour } from "../compose/hash.ts";
import { type LoadedProject, loadProject, type UnsetVariable } from "../compose/load.ts";
import type { StringMap } from "../compose/project.ts";
import type { EnvFileText } from "../compose/variables.ts";
import type { ConfigurationError, Location } from "../errors.ts";
import type { DesiredStack, StackWarning } from "./desired_stack.ts";
import { hashStack } from "./hash_stack.ts";
import { openedBy, type OpenedFiles, withOpenedFiles } from "./opened_files.ts";
import { relocate, relocateError } from "./relocate.ts";
import type { Files, Stack } from "./stack.ts";
import { DEFAULT_SETTINGS, mergeSettings, settingsOfFiles, type StackSettings } from "./stack_settings.ts";
import type { TrackedFiles } from "./tracked_files.ts";

export interface StackInput {
  readonly stack: Stack;
  /** Absolute path of the checkout. */
  readonly root: string;
  readonly files: Files;
  readonly tracked: TrackedFiles;
  readonly variables: StringMap;
  /** What `~` stands for. */
  readonly homeDir?: string | undefined;
  /** Encrypted files of the repository. */
  readonly opened?: OpenedFiles | undefined;
  /** They take the place of the stack's `.env`. */
  readonly envFiles?: readonly EnvFileText[] | undefined;
  /** Of Compose, as `LoadInput` has it. */
  readonly release?: HashFlavour | undefined;
  /** What holds where the stack's own files say nothing else. Default: the defaults. */
  readonly settings?: StackSettings | undefined;
}

export interface LoadedStack {
  readonly desired: DesiredStack;
  readonly warnings: readonly StackWarning[];
  /** With any of it, the stack must not be deployed. */
  readonly undeployable: readonly ConfigurationError[];
  /** Variables that are not set, and for which a blank stands. */
  readonly unset: readonly UnsetVariable[];
  /** Absolute paths of the files that were read. */
  readonly usedFiles: readonly string[];
  /** Absolute paths of the encrypted files of the repository that the stack uses; sorted. */
  readonly openedFiles: readonly string[];
  /** The Compose files' own keys of the top level. */
  readonly extensions: LoadedProject["extensions"];
}

/**
 * Loads a stack's Compose files, and hashes the result together with the files of the repository that the stack uses.
 *
 * @throws {ConfigurationError} with places relative to the repository.
 */
export function loadStack(
  { stack, root, files, tracked, variables, homeDir, envFiles, opened, release, settings }: StackInput,
): LoadedStack {
  try {
    const asWritten = loadProject({
      folder: stack.folder,
      variables,
      files,
      ...(homeDir === undefined ? {} : { homeDir }),
      ...(envFiles === undefined ? {} : { envFiles }),
      ...(release === undefined ? {} : { release }),
    });
    const loaded = { ...asWritten, project: withOpenedFiles(asWritten.project, opened) };
    const { desired, problems } = hashStack({ name: stack.name, root, files, tracked, loaded });
    const own = settingsOfFiles(loaded.extensions, loaded.locate);
    const place = (location: Location | undefined) => location && relocate(location, root);
    return {
      desired: {
        ...desired,
        locate: (path) => place(loaded.locate(path)),
        settings: mergeSettings(settings ?? DEFAULT_SETTINGS, own.given),
      },
      warnings: loaded.warnings.map(({ message, location }) => ({
        stack: stack.name,
        message,
        ...(location && { location: relocate(location, root) }),
      })),
      undeployable: [
        ...loaded.undeployable,
        ...withoutKnown(problems, loaded.undeployable),
        ...own.problems,
      ].map((problem) => relocateError(problem, root) as ConfigurationError),
      unset: loaded.unset.map(({ name, location }) => ({ name, location: place(location) })),
      usedFiles: loaded.usedFiles,
      openedFiles: opened === undefined ? [] : openedBy(asWritten, opened),
      extensions: loaded.extensions,
    };
  } catch (error) {
    throw relocateError(error, root);
  }
}

/** What the loader already said of a place is not said again. */
function withoutKnown(
  problems: readonly ConfigurationError[],
  known: readonly ConfigurationError[],
): ConfigurationError[] {
  const paths = new Set(known.map(({ path }) => path));
  return problems.filter(({ path }) => path === undefined || !paths.has(path));
}
