import { ConfigurationProblems, HomeportError, messageOf } from "../../errors.ts";

export function errorToJson(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof HomeportError)) {
    return { message: messageOf(error) };
  }
  const { message, hint, location, path, consequence } = error;
  const problems = error instanceof ConfigurationProblems
    ? { problems: error.problems.map(errorToJson) }
    : {};
  return { message, hint, location, path, consequence, ...problems };
}
