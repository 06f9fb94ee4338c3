import { ConfigurationProblems, HomeportError } from "../errors.ts";
import type { DesiredStack } from "./desired_stack.ts";
import { withLocation } from "./relocate.ts";

/** The same error, with file and line where it names a path of the stack's Compose files and no place yet. */
export function locateError(error: unknown, { locate }: DesiredStack): unknown {
  if (!(error instanceof HomeportError) || error instanceof ConfigurationProblems) return error;
  if (error.path === undefined || error.location !== undefined) return error;
  const location = locate?.(error.path);
  return location === undefined ? error : withLocation(error, location);
}
