import { type ConfigurationError, ConfigurationProblems } from "../errors.ts";

/** Throws one problem as it is, several together, and nothing when there is none. */
export function throwAll(problems: readonly ConfigurationError[]): void {
  if (problems.length === 1) throw problems[0];
  if (problems.length > 1) {
    throw new ConfigurationProblems(`${problems.length} problems in the Compose file`, problems);
  }
}
