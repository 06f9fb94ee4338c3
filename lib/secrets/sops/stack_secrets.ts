import { join } from "node:path";
import type { Files } from "../../compose/files.ts";
import type { StringMap } from "../../compose/project.ts";
import type { Identities } from "./identities.ts";
import { namesInSopsFile, openSopsFile } from "./sops_file.ts";
import { sopsError } from "./sops_error.ts";

const ENDINGS = [".secret.env", ".secret.yaml", ".secret.yml", ".secret.json"];

/** Whether a file beside a stack is meant to be encrypted, by its name. */
export function isSecretFile(path: string): boolean {
  return ENDINGS.some((ending) => path.endsWith(ending));
}

/** The encrypted files beside a stack: `*.secret.env`, `.yaml`, `.yml` and `.json` right in its folder, sorted by name. */
export function secretFilesOf(stack: { readonly folder: string }, files: Files): readonly string[] {
  return files.list(stack.folder).filter(isSecretFile).map((name) => join(stack.folder, name))
    .filter((path) => files.kind(path) === "file").sort();
}

export interface StackSecrets {
  readonly variables: StringMap;
  /** Every file as `sops -d` prints it, by its path. */
  readonly plaintexts: ReadonlyMap<string, Uint8Array>;
}

/** Decrypts the encrypted files beside a stack. Where several have a variable, the last one by name wins. */
export async function openStackSecrets(
  stack: { readonly folder: string },
  files: Files,
  identities: Identities,
): Promise<StackSecrets> {
  const opened = await Promise.all(
    secretFilesOf(stack, files).map(async (path) => {
      const { plaintext, variables } = await openSopsFile(path, bytesOf(path, files), identities);
      return { path, plaintext, variables };
    }),
  );
  return {
    variables: Object.assign({}, ...opened.map(({ variables }) => variables)),
    plaintexts: new Map(opened.map(({ path, plaintext }) => [path, plaintext])),
  };
}

/** What {@linkcode openStackSecrets} would give, told without a key, as on the machine of a pre-commit hook. */
export function namesOfStackSecrets(stack: { readonly folder: string }, files: Files): ReadonlySet<string> {
  return new Set(secretFilesOf(stack, files).flatMap((path) => namesInSopsFile(bytesOf(path, files), path)));
}

function bytesOf(path: string, files: Files): Uint8Array {
  const bytes = files.read(path);
  if (bytes !== undefined) return bytes;
  throw sopsError("The file is gone", "start the pass again", { file: path });
}
