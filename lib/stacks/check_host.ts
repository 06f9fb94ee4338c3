import type { HomeportError } from "../errors.ts";
import { checkStack } from "./check_stack.ts";
import { asProblem, findNameConflicts, findOrderFaults, findPortFaults } from "./conflicts.ts";
import type { StackWarning } from "./desired_stack.ts";
import { findStacks } from "./find_stacks.ts";
import type { HostInput } from "./load_host.ts";
import { makePlaceholders } from "./placeholders.ts";
import { findSharedProjects } from "./shared_projects.ts";
import type { HostStacks } from "./stack.ts";
import { mergeVariables, type SecretSource } from "./variables.ts";

export interface HostCheckInput extends Omit<HostInput, "tracked" | "secrets"> {
  /** The secrets providers. None is asked for a value: `check` runs where the secrets are not. */
  readonly sources: readonly SecretSource[];
}

export interface HostFindings {
  readonly host: string;
  /** Names of the stacks, broken ones included. */
  readonly stacks: readonly string[];
  readonly skipped: readonly string[];
  readonly problems: readonly HomeportError[];
  readonly warnings: readonly StackWarning[];
}

/** Loads every stack of a host without its secrets, and finds what would go wrong when they are deployed together. */
export function checkHost(input: HostCheckInput): HostFindings {
  try {
    return checkStacks(input, findStacks(input.layout, input.root, input.files));
  } catch (error) {
    return { host: input.host, stacks: [], skipped: [], problems: [asProblem(error)], warnings: [] };
  }
}

function checkStacks(input: HostCheckInput, found: HostStacks): HostFindings {
  const { host, envs } = input;
  const variables = mergeVariables({
    secrets: {},
    host: envs.host,
    hostFile: found.envs,
    shared: envs.shared,
  });
  const placeholders = makePlaceholders(input.sources);
  const findings = found.stacks.map((stack) => checkStack({ ...input, stack, variables, placeholders }));
  const desired = findings.flatMap((each) => each.desired ?? []);
  const names = [...found.stacks, ...found.broken].map(({ name }) => name).sort();
  const shared = findSharedProjects(desired);
  const apart = desired.filter(({ name }) => !shared.some((each) => each.name === name));
  const ports = findPortFaults(desired, host, placeholders);
  return {
    host,
    stacks: names,
    skipped: found.skipped,
    problems: [
      ...found.broken.map(({ error }) => asProblem(error)),
      ...findings.flatMap(({ problems }) => problems),
      ...shared.map(({ error }) => asProblem(error)),
      ...ports.problems,
      ...findNameConflicts(apart, host),
      ...findOrderFaults({ host, names, ofConfig: input.startupOrder, ofFile: found.startupOrder }),
    ],
    warnings: [...findings.flatMap(({ warnings }) => warnings), ...ports.warnings],
  };
}
