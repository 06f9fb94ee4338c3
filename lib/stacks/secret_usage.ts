/** Which secrets the stacks of a host use, and where each comes from. Never a value. */
import { findConfigFiles } from "../compose/config_files.ts";
import type { StringMap } from "../compose/project.ts";
import type { Location } from "../errors.ts";
import { findStacks } from "./find_stacks.ts";
import { type HostInput, onlyTracked } from "./load_host.ts";
import { type LoadedStack, loadStack } from "./load_stack.ts";
import { openedFiles } from "./opened_files.ts";
import { namesIn } from "./require_secrets.ts";
import type { Stack } from "./stack.ts";
import {
  isComposeVariable,
  mergeVariables,
  passedThroughVariables,
  secretsOf,
  type SecretSource,
  takenByName,
  type VariableSources,
} from "./variables.ts";

export interface StackSecrets {
  readonly stack: string;
  /** Sorted by name. */
  readonly secrets: readonly SecretUse[];
}

export interface SecretUse {
  readonly name: string;
  /** `unavailable`: a provider that may have it failed. `missing`: nothing has it. */
  readonly state: "found" | "missing" | "unavailable";
  /** The provider that gave it; for others, those that may have it. */
  readonly providers: readonly string[];
  /** Where the Compose file needs it; only of what is missing. */
  readonly location?: Location;
  /** Why the provider failed. */
  readonly error?: string;
}

/** @throws {ConfigurationError} when the host's folder or its `stack.yml` is wrong. */
export function secretUsage(input: HostInput): StackSecrets[] {
  const found = onlyTracked(findStacks(input.layout, input.root, input.files), input);
  const envs = { host: input.envs.host, hostFile: found.envs, shared: input.envs.shared };
  return found.stacks.map((stack) => ({ stack: stack.name, secrets: usageOf(stack, envs, input) }));
}

function usageOf(stack: Stack, envs: Omit<VariableSources, "secrets">, input: HostInput): SecretUse[] {
  const given = secretsOf(input.secrets, stack.name);
  const loaded = tryLoad(stack, mergeVariables({ ...envs, secrets: given }), input);
  const others = mergeVariables({ ...envs, secrets: {} });
  return [...namesOf(stack, given, loaded, input)].filter((name) => !isComposeVariable(name)).sort().flatMap(
    (name) => {
      const sources = input.secrets.sources.filter((source) => source.mayProvide(name, stack.name) !== false);
      if (Object.hasOwn(given, name)) return [foundIn(name, stack.name, sources)];
      const use = findLack(name, stack.name, sources, Object.hasOwn(others, name), loaded);
      return use === undefined ? [] : [use];
    },
  );
}

/** Why a stack cannot be loaded is for `check` and `plan` to say: here its names are enough. */
function tryLoad(
  stack: Stack,
  variables: StringMap,
  { root, files, tracked, homeDir, secrets: { files: opened } }: HostInput,
): LoadedStack | undefined {
  try {
    const plain = openedFiles(files, opened);
    return loadStack({ stack, root, files: plain, tracked, variables, homeDir, opened });
  } catch {
    return undefined;
  }
}

function namesOf(
  stack: Stack,
  given: StringMap,
  loaded: LoadedStack | undefined,
  { files }: HostInput,
): ReadonlySet<string> {
  if (loaded === undefined) return namesIn(findConfigFiles(stack.folder, files), files);
  return new Set([
    ...namesIn(loaded.usedFiles, files),
    ...passedThroughVariables(loaded.desired.project),
    ...takenByName(loaded.desired.project, given),
    ...loaded.unset.map(({ name }) => name),
  ]);
}

/** Of several that have it the last one wins. */
function foundIn(name: string, stack: string, sources: readonly SecretSource[]): SecretUse {
  const givers = sources.filter((source) => source.gives?.(name, stack) === true);
  return { name, state: "found", providers: givers.slice(-1).map(({ label }) => label) };
}

function findLack(
  name: string,
  stack: string,
  sources: readonly SecretSource[],
  isElsewhere: boolean,
  loaded: LoadedStack | undefined,
): SecretUse | undefined {
  const failed = sources.filter(({ error }) => error?.(stack) !== undefined);
  const isNeeded = !isElsewhere && (loaded === undefined || isUnset(name, loaded));
  if (failed.length > 0 && isNeeded) {
    const { message } = failed[0]!.error!(stack)!;
    return { name, state: "unavailable", providers: labelsOf(failed), error: message };
  }
  if (!isNeeded) return undefined;
  const location = loaded?.unset.find((each) => each.name === name)?.location;
  return { name, state: "missing", providers: labelsOf(sources), ...(location && { location }) };
}

/** A variable with a default, or in the stack's own `.env`, is none that a provider must have. */
function isUnset(name: string, { unset, desired: { project } }: LoadedStack): boolean {
  return unset.some((each) => each.name === name) || passedThroughVariables(project).has(name);
}

function labelsOf(sources: readonly SecretSource[]): string[] {
  return sources.map(({ label }) => label);
}
