import { findConfigFiles } from "../compose/config_files.ts";
import { decode } from "../compose/variables.ts";
import type { StringMap } from "../compose/project.ts";
import { HomeportError } from "../errors.ts";
import type { LoadedStack } from "./load_stack.ts";
import type { Files, Stack } from "./stack.ts";
import { passedThroughVariables, referencedVariables, type SecretSource, takenByName } from "./variables.ts";

interface SecretNeeds {
  readonly stack: Stack;
  readonly files: Files;
  readonly variables: StringMap;
  readonly sources: readonly SecretSource[];
  readonly load: () => LoadedStack;
}

/**
 * Loads a stack, and stops it when it lacks a secret: nothing is deployed with a blank, a default or a weaker source's value where a
 * secrets provider has, or may have, the value.
 */
export function requireSecrets(needs: SecretNeeds): LoadedStack {
  const { stack, files, load } = needs;
  let loaded: LoadedStack;
  try {
    loaded = load();
  } catch (error) {
    throw findFailedSource(needs, () => namesIn(findConfigFiles(stack.folder, files), files)) ?? error;
  }
  const passedThrough = passedThroughVariables(loaded.desired.project);
  const fault =
    findFailedSource(needs, () => new Set([...namesIn(loaded.usedFiles, files), ...passedThrough])) ??
      findMissingSecret(needs, loaded, passedThrough);
  if (fault !== undefined) throw fault;
  return loaded;
}

/** What a failed source surely has must come from it. What it may have must at least come from elsewhere. */
function findFailedSource(
  { stack, variables, sources }: SecretNeeds,
  getNames: () => ReadonlySet<string>,
): HomeportError | undefined {
  for (const source of sources) {
    const error = source.error?.(stack.name);
    if (error === undefined) continue;
    const name = [...getNames()].find((each) => {
      const may = source.mayProvide(each, stack.name);
      return may === "unknown" ? !Object.hasOwn(variables, each) : may;
    });
    if (name === undefined) continue;
    const { hint, location, consequence = "wait" } = error instanceof HomeportError ? error : {};
    const message = `stack ${stack.name} needs variable ${name}: ${error.message}`;
    return new HomeportError(message, { hint, location, consequence, cause: error });
  }
  return undefined;
}

/** A variable that a provider is there to give, or may be, and did not. Where the Compose file has a default for it, that is what is meant. */
function findMissingSecret(
  { stack, variables, sources }: SecretNeeds,
  { unset }: LoadedStack,
  passedThrough: ReadonlySet<string>,
): HomeportError | undefined {
  const givers = (name: string) => sources.filter((source) => source.mayProvide(name, stack.name) !== false);
  const name = [...unset.map((each) => each.name), ...passedThrough].find((each) =>
    !Object.hasOwn(variables, each) && givers(each).length > 0
  );
  if (name === undefined) return undefined;
  const labels = [...new Set(givers(name).map(({ label }) => label))];
  const nobody = labels.length === 1
    ? `${labels[0]} does not have it`
    : `none has it of ${labels.join(", ")}`;
  return new HomeportError(`stack ${stack.name} needs variable ${name}, and ${nobody}`, {
    hint: `set ${name} there, or write \${${name}:-} if blank is meant`,
    location: unset.find((each) => each.name === name)?.location,
    consequence: "wait",
  });
}

/** Those of the secrets that a loaded stack's files name. */
export function namedSecrets(given: StringMap, { desired, usedFiles }: LoadedStack, files: Files): StringMap {
  // Most passes have none, and need not read every file again.
  if (Object.keys(given).length === 0) return {};
  const names = [...namesIn(usedFiles, files), ...takenByName(desired.project, given)];
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(given, name)).map((name) => [name, given[name]!]),
  );
}

/** Names that the files take values of. */
export function namesIn(paths: readonly string[], files: Files): ReadonlySet<string> {
  return referencedVariables(paths.map((path) => decode(files.read(path) ?? new Uint8Array())).join("\n"));
}
