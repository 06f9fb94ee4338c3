import { posix } from "node:path";
import type { HomeportError } from "../errors.ts";
import { checkHost, type HostCheckInput } from "./check_host.ts";
import type { StackWarning } from "./desired_stack.ts";

export interface HostsFindings {
  readonly hosts: readonly {
    readonly host: string;
    readonly stacks: readonly string[];
    readonly skipped: readonly string[];
  }[];
  readonly problems: readonly HomeportError[];
  readonly warnings: readonly StackWarning[];
}

/**
 * Checks hosts of one checkout.
 *
 * @param options.isAssumed Nobody said that the folder is a checkout: where it has no host's folder at all, it is none, and that is a
 * warning. The configuration can then be checked where it is written, away from the stacks.
 */
export function checkHosts(
  inputs: readonly HostCheckInput[],
  { isAssumed }: { readonly isAssumed: boolean },
): HostsFindings {
  if (isAssumed && inputs.every(isMissing)) {
    return {
      hosts: inputs.map(({ host }) => ({ host, stacks: [], skipped: [] })),
      problems: [],
      warnings: inputs.map(({ host, layout }) => ({
        stack: host,
        message:
          `no stack was checked: there is no ${layout.path} in this folder; name a checkout with --path`,
      })),
    };
  }
  const findings = inputs.map(checkHost);
  return {
    hosts: findings.map(({ host, stacks, skipped }) => ({ host, stacks, skipped })),
    problems: findings.flatMap(({ problems }) => problems),
    warnings: findings.flatMap(({ warnings }) => warnings),
  };
}

/** A folder that leaves the repository is there, and is reported. */
function isMissing({ files, root, layout }: HostCheckInput): boolean {
  try {
    return files.kind(posix.join(root, layout.path)) === undefined;
  } catch {
    return false;
  }
}
