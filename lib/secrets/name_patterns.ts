/** A name of a variable, in which `*` may stand for any characters and `?` for one. */
export function isNamePattern(pattern: unknown): pattern is string {
  return typeof pattern === "string" && /^[A-Za-z_*?][A-Za-z0-9_*?]*$/.test(pattern);
}

/** Whether a name is among these. */
export function matcherOf(patterns: readonly string[]): (name: string) => boolean {
  const expressions = patterns.map((pattern) =>
    new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`)
  );
  return (name) => expressions.some((expression) => expression.test(name));
}
