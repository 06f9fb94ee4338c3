import { join } from "node:path";
import type { CredentialReference } from "../../config/config.ts";
import { HomeportError } from "../../errors.ts";
import { type Identities, parseIdentities } from "./identities.ts";

export interface LoadedIdentities {
  readonly identities: Identities;
  /** Such as a file that others than its owner can read. */
  readonly warnings: readonly string[];
}

const VARIABLE = "SOPS_AGE_KEY";
const FILE = "age.key";

/**
 * Fetches the age keys of this host: from where the references say, else from the variable `SOPS_AGE_KEY` and from `age.key` in the data
 * folder, whichever there are.
 */
export async function loadIdentities(
  references: readonly CredentialReference[] | undefined,
  dataDir: string,
): Promise<LoadedIdentities> {
  const loaded = await Promise.all((references ?? await defaults(dataDir)).map(load));
  return {
    identities: loaded.flatMap(({ identities }) => identities),
    warnings: loaded.flatMap(({ warnings }) => warnings),
  };
}

async function defaults(dataDir: string): Promise<readonly CredentialReference[]> {
  const path = join(dataDir, FILE);
  const references: CredentialReference[] = [];
  if (Deno.env.get(VARIABLE)) references.push({ kind: "credential-from-env", name: VARIABLE });
  if (await exists(path)) references.push({ kind: "credential-from-file", path });
  return references;
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw missing(
      `cannot read ${path}: permission denied`,
      "make it readable for the user that runs Homeport",
    );
  }
}

async function load(reference: CredentialReference): Promise<LoadedIdentities> {
  const { text, place, warnings } = reference.kind === "credential-from-env"
    ? { text: fromVariable(reference.name), place: `variable ${reference.name}`, warnings: [] }
    : { ...await fromFile(reference.path), place: `file ${reference.path}` };
  const identities = parseIdentities(text, place);
  if (identities.length === 0) throw missing(`${place} holds no age key`, "put in what age-keygen makes");
  return { identities, warnings };
}

function fromVariable(name: string): string {
  const value = Deno.env.get(name);
  if (value !== undefined) return value;
  throw missing(`variable ${name} is not set`, `set ${name} to the age key for Homeport's process`);
}

async function fromFile(path: string): Promise<{ text: string; warnings: string[] }> {
  try {
    const [text, { mode }] = await Promise.all([Deno.readTextFile(path), Deno.stat(path)]);
    const open = mode !== null && (mode & OTHERS) !== 0;
    return { text, warnings: open ? [warningOf(path, mode)] : [] };
  } catch (error) {
    const why = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : "permission denied or not a file";
    throw missing(`cannot read ${path}: ${why}`, "create the file with the age key, readable for Homeport");
  }
}

/** The permissions of everybody but the owner. */
const OTHERS = 0o077;

function warningOf(path: string, mode: number): string {
  const shown = (mode & 0o7777).toString(8).padStart(4, "0");
  return `the age key ${path} is open to others than its owner (mode ${shown}): chmod 600 ${path}`;
}

function missing(message: string, hint: string): HomeportError {
  return new HomeportError(`no age key: ${message}`, { hint, consequence: "wait", exitCode: 2 });
}
