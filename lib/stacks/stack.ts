/** The Compose projects that a host runs, found in a checkout: which, from which folder, with which variables. */
import type { StringMap } from "../compose/project.ts";
import type { BrokenStack } from "./desired_stack.ts";
export type { Files } from "../compose/files.ts";

/**
 * Where a host's stacks are in the repository.
 * `folder`: every direct subfolder with a Compose file is a stack, named after the subfolder.
 */
export interface FolderLayout {
  readonly kind: "folder";
  /** Path in the repository, `/`-separated, without a leading slash. */
  readonly path: string;
}

export type Layout = FolderLayout;

/** A stack as found in the checkout, before its Compose files are read. */
export interface Stack {
  /** The folder's name, capitals kept: what people type and what `startupOrder` lists. */
  readonly name: string;
  /** Absolute path of the stack's folder. */
  readonly folder: string;
}

/** What a host's folder holds. */
export interface HostStacks {
  /** Sorted by name. */
  readonly stacks: readonly Stack[];
  /** `startup_order` of the host folder's `stack.yml`; empty without one. */
  readonly startupOrder: readonly string[];
  /** `envs` of the host folder's `stack.yml`; empty without one. */
  readonly envs: StringMap;
  /** Subfolders without a Compose file: skipped, and said so. */
  readonly skipped: readonly string[];
  /** Subfolders that cannot be read, such as a symlink that leaves the repository. */
  readonly broken: readonly BrokenStack[];
}
