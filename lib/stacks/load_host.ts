import { posix } from "node:path";
import type { HashFlavour } from "../compose/hash.ts";
import type { StringMap } from "../compose/project.ts";
import type { BrokenStack, DesiredStack, StackWarning } from "./desired_stack.ts";
import { findStacks } from "./find_stacks.ts";
import type { LoadedStack } from "./load_stack.ts";
import { loadStackOfHost } from "./load_stack_of_host.ts";
import { findSharedProjects } from "./shared_projects.ts";
import type { Files, HostStacks, Layout } from "./stack.ts";
import type { HostSettings } from "./stack_settings.ts";
import type { TrackedFiles } from "./tracked_files.ts";
import { type GivenSecrets, mergeVariables, secretsOf } from "./variables.ts";

export interface HostInput {
  readonly host: string;
  readonly layout: Layout;
  /** Absolute path of the checkout. */
  readonly root: string;
  readonly files: Files;
  readonly tracked: TrackedFiles;
  /** Of the configuration; that of `stack.yml` comes after it. */
  readonly startupOrder: readonly string[];
  /** Of the configuration: this host's, and those of all hosts. */
  readonly envs: { readonly host: StringMap; readonly shared: StringMap };
  readonly secrets: GivenSecrets;
  /** What `~` stands for in Compose files. */
  readonly homeDir?: string;
  /** Of Compose, as `LoadInput` has it. */
  readonly release?: HashFlavour;
  /** What holds where a stack's own files say nothing else. Default: the defaults. */
  readonly settings?: HostSettings;
  /** Just this stack, and nothing of what concerns all. */
  readonly only?: string;
}

export interface LoadedHost {
  /** Sorted by name. */
  readonly stacks: readonly DesiredStack[];
  readonly broken: readonly BrokenStack[];
  /** Subfolders without a Compose file. */
  readonly skipped: readonly string[];
  readonly warnings: readonly StackWarning[];
  /** The configuration's order, then that of `stack.yml`. */
  readonly startupOrder: readonly string[];
}

/**
 * Loads every stack of a host. One that cannot be loaded is listed as broken, and stops no other.
 *
 * @throws {ConfigurationError} when the host's folder or its `stack.yml` is wrong.
 */
export function loadHost(input: HostInput): LoadedHost {
  const { stacks, skipped, broken, ...hostFile } = onlyAsked(
    onlyTracked(findStacks(input.layout, input.root, input.files), input),
    input,
  );
  const envs = { host: input.envs.host, hostFile: hostFile.envs, shared: input.envs.shared };
  // Once for all stacks that are given the same: there may be thousands of secrets.
  const merged = new Map<StringMap, StringMap>();
  const merge = (secrets: StringMap): StringMap => {
    const variables = merged.get(secrets) ?? mergeVariables({ ...envs, secrets });
    merged.set(secrets, variables);
    return variables;
  };
  const results = stacks.map((stack) =>
    loadStackOfHost(stack, merge(secretsOf(input.secrets, stack.name)), input)
  );
  const loaded = results.filter((result) => "desired" in result);
  const shared = findSharedProjects(loaded.map(({ desired }) => desired));
  const startupOrder = [...new Set([...input.startupOrder, ...hostFile.startupOrder])];
  const names = [...stacks, ...broken].map(({ name }) => name);
  return {
    stacks: loaded.map(({ desired }) => desired).filter(({ name }) =>
      !shared.some((each) => each.name === name)
    ),
    broken: [...broken, ...results.filter((result) => "error" in result), ...shared].sort(byName),
    skipped,
    warnings: input.only !== undefined ? loaded.flatMap(warningsOf) : [
      ...(input.secrets.warnings ?? []).map((message) => ({ stack: input.host, message })),
      ...unknownNames("the startup order names it", startupOrder, names),
      ...unknownNames("stackSettings names it", Object.keys(input.settings?.ofStack ?? {}), names),
      ...loaded.flatMap(warningsOf),
    ],
    startupOrder,
  };
}

function warningsOf({ desired, warnings, unset }: LoadedStack): StackWarning[] {
  return [...warnings, ...unset.map((each) => unsetWarning(desired.name, each))];
}

function onlyAsked(found: HostStacks, { only }: HostInput): HostStacks {
  if (only === undefined) return found;
  return {
    ...found,
    stacks: found.stacks.filter(({ name }) => name === only),
    broken: found.broken.filter(({ name }) => name === only),
    skipped: [],
  };
}

/** What containers wrote into the checkout is no stack: data that stays where a stack was removed, or folders that a mount made. */
export function onlyTracked(found: HostStacks, { root, layout, tracked }: HostInput): HostStacks {
  const isTracked = (name: string) => tracked.filesBelow(posix.join(root, layout.path, name)).length > 0;
  return {
    ...found,
    stacks: found.stacks.filter(({ name }) => isTracked(name)),
    broken: found.broken.filter(({ name }) => isTracked(name)),
    skipped: found.skipped.filter(isTracked),
  };
}

function unknownNames(who: string, named: readonly string[], names: readonly string[]): StackWarning[] {
  return named.filter((name) => !names.includes(name)).map((name) => ({
    stack: name,
    message: `${who}, and there is no such stack`,
  }));
}

/** In `apply`, `plan` and `config` alike. */
export function unsetWarning(stack: string, { name, location }: LoadedStack["unset"][number]): StackWarning {
  const message = `variable ${name} is not set; a blank takes its place`;
  return { stack, message, ...(location && { location }) };
}

function byName(one: BrokenStack, other: BrokenStack): number {
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}
