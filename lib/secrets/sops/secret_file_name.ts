const ENDINGS = [".secret.env", ".secret.yaml", ".secret.yml", ".secret.json"];

/** Whether a file is meant to be encrypted, and to give variables to the stack beside it, by its name. */
export function isSecretFile(path: string): boolean {
  return ENDINGS.some((ending) => path.endsWith(ending));
}
