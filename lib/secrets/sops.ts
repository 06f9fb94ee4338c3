import type { CredentialReference } from "../config/config.ts";
import type { SecretsProvider } from "../config/secrets_provider.ts";
import type { Fault } from "../config/value_rules.ts";
import { credentialFaults, pathFaults } from "../config/option_faults.ts";

/** Where {@linkcode sops} finds its keys and files. */
export interface SopsOptions {
  /**
   * Where the age keys are: files as `age-keygen` writes them, or variables that hold such a key. Several may be needed for several files.
   * Default: the variable `SOPS_AGE_KEY` where it is set, and the file `age.key` in the data folder where there is one.
   */
  readonly keys?: CredentialReference | readonly CredentialReference[];
  /**
   * Absolute paths of files on the host that sops encrypted: dotenv (`.env`), YAML (`.yaml`, `.yml`) or JSON (`.json`). Where several
   * have a variable, the last one wins.
   */
  readonly files?: readonly string[];
}

/**
 * Gives stacks the variables of files that [sops](https://getsops.io) encrypted for [age](https://age-encryption.org) keys. They are
 * decrypted in memory at every pass; the plaintext is never written anywhere. A file that was changed by hand after sops encrypted it is
 * refused.
 *
 * Files of the repository: those named `*.secret.env`, `*.secret.yaml`, `*.secret.yml` and `*.secret.json` give their variables to the
 * stack in whose folder they lie. Any encrypted file reads as its plain content where a stack names it: as `env_file`, or as the `file` of
 * a config or secret, which is then put into the container. `check` refuses what a `.sops.yaml` wants encrypted and lies in clear.
 *
 * A dotenv file means what it would mean if it were not encrypted, so that a password with a `$` belongs in single quotes. In YAML and JSON
 * every value is a variable, exactly as it is; nested keys are joined by `_`, so that `db: { password: … }` is `db_password`.
 *
 * @example
 * ```ts
 * import { fromFile, sops } from "./lib/mod.ts";
 *
 * export const secrets = sops({
 *   keys: fromFile("/etc/homeport/age.key"),
 *   files: ["/etc/homeport/secrets.yaml"],
 * });
 * ```
 */
export function sops(options: SopsOptions = {}): SecretsProvider {
  const faults = faultsOf(options);
  const files = faults.length === 0 ? options.files ?? [] : [];
  const keys = options.keys === undefined ? undefined : [options.keys].flat();
  let names: ReadonlySet<string> | undefined;
  let warnings: readonly string[] = [];
  return {
    label: files.length === 0 ? "sops" : `sops file ${files.join(", ")}`,
    variables: async ({ signal, dataDir }) => {
      if (files.length === 0) return {};
      const { readHostFiles } = await import("./sops/read_host_files.ts");
      names = undefined;
      const reading = await readHostFiles(files, signal);
      names = reading.names;
      const opened = await reading.open(keys, dataDir);
      warnings = opened.warnings;
      return opened.variables;
    },
    mayProvide: (name) => files.length > 0 && (names?.has(name) ?? "unknown"),
    warnings: () => warnings,
    inRepository: async (context) => {
      const { repositoryFiles } = await import("./sops/repository_files.ts");
      return repositoryFiles(keys, context, (found) => warnings = found);
    },
    faults,
  };
}

function faultsOf({ keys, files = [] }: SopsOptions): Fault[] {
  const references: readonly unknown[] = keys === undefined ? [] : [keys].flat();
  const odd = pathFaults("sops()", files, 'write absolute paths: files: ["/etc/homeport/secrets.yaml"]');
  return [
    ...references.flatMap((key) => credentialFaults("sops(): keys", key)),
    ...(keys !== undefined && references.length === 0
      ? [{ message: "sops(): keys is empty", hint: "leave it out, or name where a key is" }]
      : []),
    ...(odd.length > 0 ? odd : files.filter((path) => !/\.(?:env|ya?ml|json)$/.test(path)).map((path) => ({
      message: `sops(): ${JSON.stringify(path)} is no dotenv, YAML or JSON file`,
      hint: "give it the ending of its format: .env, .yaml, .yml or .json",
    }))),
  ];
}
