import { ConfigurationError } from "../errors.ts";
import type { Lookup } from "./interpolate_text.ts";

/**
 * Reads an env file of `format: raw`, as `docker run --env-file` does: no quotes, no variables, no comments behind values. A name
 * without `=` takes its value from `lookup`, or is left out.
 */
export function parseRawEnv(
  text: string,
  file: string,
  lookup: Lookup,
  into: Map<string, string> = new Map(),
): Map<string, string> {
  for (const [index, raw] of text.replace(/^\uFEFF/, "").split("\n").entries()) {
    const line = raw.replace(/\r$/, "").replace(LEADING_SPACE, "");
    if (line === "" || line.startsWith("#")) continue;
    const equals = line.indexOf("=");
    const name = equals === -1 ? line : line.slice(0, equals);
    refuseBadName(name, { file, line: index + 1 });
    const value = equals === -1 ? lookup(name) : line.slice(equals + 1);
    if (value !== undefined) into.set(name, value);
  }
  return into;
}

const LEADING_SPACE = /^[\s\x85]+/;

function refuseBadName(name: string, location: { file: string; line: number }): void {
  if (name === "") {
    throw new ConfigurationError("A variable has no name", { hint: "write NAME=value", location });
  }
  if (/[\s\x85]/.test(name)) {
    throw new ConfigurationError("The name of a variable holds a space", {
      hint: "write NAME=value",
      location,
    });
  }
}
