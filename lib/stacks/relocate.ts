import { posix } from "node:path";
import {
  asError,
  ConfigurationError,
  ConfigurationProblems,
  HomeportError,
  type Location,
} from "../errors.ts";

/** A path as people know it: relative to the repository. Paths elsewhere stay absolute. */
function inRepository(path: string, root: string): string {
  const relative = posix.relative(root, path);
  return posix.isAbsolute(path) && relative !== "" && !relative.startsWith("..") ? relative : path;
}

export function relocate(location: Location, root: string): Location {
  return { ...location, file: inRepository(location.file, root) };
}

/** The same error, with places relative to the repository. */
export function relocateError(error: unknown, root: string): Error {
  if (error instanceof ConfigurationProblems) {
    const problems = error.problems.map((problem) => relocateError(problem, root) as HomeportError);
    return new ConfigurationProblems(error.message, problems);
  }
  if (!(error instanceof HomeportError)) return asError(error);
  if (error.location === undefined) return error;
  return withLocation(error, relocate(error.location, root));
}

/** The same error at another place. */
export function withLocation(error: HomeportError, location: Location): HomeportError {
  const { message, hint, path, cause, consequence, exitCode } = error;
  const details = { hint, path, cause, location };
  return error instanceof ConfigurationError
    ? new ConfigurationError(message, details)
    : new HomeportError(message, { ...details, consequence, exitCode });
}
