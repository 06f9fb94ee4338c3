import type { StringMap } from "../compose/project.ts";
import { parseDotenv } from "../compose/dotenv.ts";
import type { SecretsProvider } from "../config/secrets_provider.ts";
import { HomeportError, messageOf } from "../errors.ts";
import { pathFaults } from "../config/option_faults.ts";

/**
 * Gives stacks the variables of dotenv files of the host. The files are read at every pass, and never leave the host.
 *
 * They are written as Compose's `.env`: `NAME=value`, one a line. A value in single quotes is taken as it is; elsewhere `$NAME` stands
 * for an earlier variable of the files, so that a password with a `$` belongs in single quotes.
 *
 * A file that is missing or cannot be read stops the stacks that need it, and no others.
 *
 * @param paths Absolute paths, such as `"/etc/homeport/secrets.env"`. Where several have a variable, the last one wins.
 *
 * @example
 * ```ts
 * import { dotenvFiles } from "./lib/mod.ts";
 *
 * export const secrets = dotenvFiles("/etc/homeport/secrets.env", "/etc/homeport/helium.env");
 * ```
 */
export function dotenvFiles(...paths: readonly string[]): SecretsProvider {
  return {
    label: `dotenv file ${paths.join(", ")}`,
    variables: ({ signal }) => readAll(paths, signal),
    mayProvide: (name) => mayHold(paths, name),
    faults: faultsOf(paths),
  };
}

function faultsOf(paths: readonly string[]): { message: string; hint: string }[] {
  const hint = 'write absolute paths, such as dotenvFiles("/etc/homeport/secrets.env")';
  if (paths.length === 0) return [{ message: "dotenvFiles() names no file", hint }];
  return pathFaults("dotenvFiles()", paths, hint);
}

async function readAll(paths: readonly string[], signal: AbortSignal): Promise<StringMap> {
  const texts = await Promise.all(paths.map((path) => readText(path, signal)));
  return parseAll(paths, texts);
}

async function readText(path: string, signal: AbortSignal): Promise<string> {
  try {
    return await Deno.readTextFile(path, { signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): HomeportError {
  const [why, hint] = cause instanceof Deno.errors.NotFound
    ? ["there is no such file", "create it on this host, readable for the user that runs Homeport"]
    : cause instanceof Deno.errors.PermissionDenied || cause instanceof Deno.errors.NotCapable
    ? ["permission denied", "make it readable for the user that runs Homeport"]
    : [messageOf(cause), "see that it is a text file"];
  return new HomeportError(`cannot read the dotenv file ${path}: ${why}`, {
    hint,
    consequence: "wait",
    cause,
  });
}

function parseAll(paths: readonly string[], texts: readonly string[]): StringMap {
  const variables = new Map<string, string>();
  paths.forEach((path, index) => parseInto(variables, texts[index]!, path));
  return Object.fromEntries(variables);
}

/** What the parser says is not repeated: it may quote a part of a secret. */
function parseInto(variables: Map<string, string>, text: string, path: string): void {
  const refuseUnset = (_name: string, line: number) => {
    throw malformed(
      path,
      line,
      "a value uses a variable that is not set",
      "put it in single quotes if it has a dollar sign",
    );
  };
  try {
    parseDotenv(text, path, () => undefined, { into: variables, onUnset: refuseUnset });
  } catch (error) {
    if (error instanceof HomeportError && error.consequence === "wait") throw error;
    const line = error instanceof HomeportError ? error.location?.line : undefined;
    throw malformed(path, line, "not NAME=value", "put a value with special characters in single quotes");
  }
}

function malformed(path: string, line: number | undefined, why: string, hint: string): HomeportError {
  const location = { file: path, ...(line !== undefined && { line }) };
  return new HomeportError(`cannot read the dotenv file: ${why}`, { hint, location, consequence: "wait" });
}

/** Whether the files that are here hold the name. Where one is missing, as on the machine of a pre-commit hook, it may be there. */
function mayHold(paths: readonly string[], name: string): boolean | "unknown" {
  try {
    return Object.hasOwn(parseAll(paths, paths.map((path) => Deno.readTextFileSync(path))), name);
  } catch {
    return "unknown";
  }
}
