import type { CredentialReference } from "../config/config.ts";
import { HomeportError } from "../errors.ts";
import { Secret } from "../secret.ts";

/**
 * Fetches the credential that a reference of the configuration names.
 *
 * @throws {HomeportError} when it is not there or empty; the error names where it was looked for, never what was found.
 */
export async function resolveCredential(reference: CredentialReference): Promise<Secret> {
  const value = reference.kind === "credential-from-env"
    ? fromVariable(reference.name)
    : await fromFile(reference.path);
  return new Secret(value);
}

function fromVariable(name: string): string {
  const value = Deno.env.get(name)?.trim();
  if (value === undefined) {
    throw fault(`variable ${name} is not set`, `set ${name} to the credential for Homeport's process`);
  }
  return checkCredential(value, `variable ${name}`);
}

async function fromFile(path: string): Promise<string> {
  try {
    return checkCredential((await Deno.readTextFile(path)).trim(), `file ${path}`);
  } catch (error) {
    if (error instanceof HomeportError) throw error;
    const why = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : "permission denied or not a file";
    throw fault(
      `cannot read ${path}: ${why}`,
      "create the file with the credential in it, readable for Homeport",
      error,
    );
  }
}

/** A credential that a request can carry: one line, and not empty. */
export function checkCredential(value: string, place: string): string {
  if (value === "") throw fault(`${place} is empty`, "put the credential in it");
  if (/\p{Cc}/u.test(value)) {
    throw fault(`${place} holds more than one line`, "put the credential alone in it");
  }
  return value;
}

function fault(message: string, hint: string, cause?: unknown): HomeportError {
  return new HomeportError(`no credential: ${message}`, { hint, consequence: "wait", exitCode: 2, cause });
}
