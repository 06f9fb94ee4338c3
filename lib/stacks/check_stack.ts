import { posix } from "node:path";
import { findConfigFiles } from "../compose/config_files.ts";
import type { HashFlavour } from "../compose/hash.ts";
import type { UnsetVariable } from "../compose/load.ts";
import type { StringMap } from "../compose/project.ts";
import { throwAll } from "../compose/throw_all.ts";
import { asError, ConfigurationError, type HomeportError } from "../errors.ts";
import { asProblem } from "./conflicts.ts";
import type { DesiredStack, StackWarning } from "./desired_stack.ts";
import { type LoadedStack, loadStack } from "./load_stack.ts";
import { FORMS, type Placeholders } from "./placeholders.ts";
import type { Files, Stack } from "./stack.ts";
import type { SecretSource } from "./variables.ts";
import { NO_TRACKED_FILES } from "./tracked_files.ts";

interface StackCheckInput {
  readonly stack: Stack;
  readonly root: string;
  readonly files: Files;
  /** All that are no secrets. */
  readonly variables: StringMap;
  readonly placeholders: Placeholders;
  /** Their faults are found without any value: a file that should be encrypted and is not. */
  readonly sources: readonly SecretSource[];
  readonly homeDir?: string;
  readonly release?: HashFlavour;
}

interface StackFindings {
  /** Absent when the stack could not be loaded. */
  readonly desired?: DesiredStack;
  readonly problems: readonly HomeportError[];
  readonly warnings: readonly StackWarning[];
}

/**
 * Loads a stack with placeholders for its secrets. Where it cannot be told which secrets there are, the stack is first tried without
 * those, so that a stack that needs none of them is checked in full.
 */
export function checkStack(input: StackCheckInput): StackFindings {
  const findings = loadAndJudge(input);
  const { name } = input.stack;
  const faults = input.sources.flatMap(({ error }) => error?.(name) ?? []).map(asProblem);
  return { ...findings, problems: [...faults, ...findings.problems] };
}

function loadAndJudge(input: StackCheckInput): StackFindings {
  const names = mentionedNames(input);
  const { placeholders, variables, stack } = input;
  const open = names.filter((name) => !Object.hasOwn(variables, name));
  const sure = open.filter((name) => placeholders.mayProvide(name, stack.name) === true);
  const perhaps = open.filter((name) => placeholders.mayProvide(name, stack.name) === "unknown");
  const first = tryForms(input, sure);
  if (!(first instanceof Error)) return judge(first, input);
  const second = perhaps.length === 0 ? first : tryForms(input, [...sure, ...perhaps]);
  if (second instanceof Error) return { problems: [asProblem(first)], warnings: [] };
  const message = `checked with placeholders for secrets that are not here (without them: ${first.message})`;
  const findings = judge(second, input);
  return { ...findings, warnings: [{ stack: stack.name, message }, ...findings.warnings] };
}

/** The first kind of placeholder that suits; the error with the first kind when none does. */
function tryForms(input: StackCheckInput, names: readonly string[]): LoadedStack | Error {
  let failure: Error | undefined;
  for (const form of names.length === 0 ? FORMS.slice(0, 1) : FORMS) {
    const variables = Object.assign(input.placeholders.valuesFor(names, form), input.variables);
    try {
      const loaded = loadStack({ ...input, homeDir: input.homeDir, variables, tracked: NO_TRACKED_FILES });
      throwAll(loaded.undeployable);
      return loaded;
    } catch (error) {
      failure ??= asError(error);
    }
  }
  return failure!;
}

function judge(
  { desired, warnings, unset }: LoadedStack,
  { placeholders, stack }: StackCheckInput,
): StackFindings {
  const those = (answer: boolean | "unknown") =>
    unset.filter(({ name }) => placeholders.mayProvide(name, stack.name) === answer);
  return {
    desired,
    problems: those(false).map((each) => unsetProblem(desired.name, each)),
    warnings: [...warnings, ...those("unknown").map((each) => openWarning(desired.name, each))],
  };
}

function unsetProblem(stack: string, { name, location }: UnsetVariable): ConfigurationError {
  return new ConfigurationError(`stack ${stack}: variable ${name} is not set`, {
    location,
    hint: `set it in envs, in a .env file or by a secrets provider, or write \${${name}:-} if blank is meant`,
  });
}

function openWarning(stack: string, { name, location }: UnsetVariable): StackWarning {
  const message = `variable ${name} is not set here, and a secrets provider that is not here may have it`;
  return { stack, message, ...(location && { location }) };
}

/** Every word of the stack's files that may name a variable: also those that are passed through without a `$`. */
function mentionedNames({ stack, files }: StackCheckInput): string[] {
  const envFiles = files.list(stack.folder).filter((name) => /env/i.test(name))
    .map((name) => posix.join(stack.folder, name));
  const decoder = new TextDecoder();
  const texts = [...findConfigFiles(stack.folder, files), ...envFiles].map((path) =>
    files.kind(path) === "file" ? decoder.decode(files.read(path)) : ""
  );
  return [...new Set(texts.join("\n").match(/\b[A-Za-z_][A-Za-z0-9_]*\b/g) ?? [])];
}
