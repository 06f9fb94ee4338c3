/** Files that sops encrypted, in the repository of the stacks. */
import { posix } from "node:path";
import type { CredentialReference } from "../../config/config.ts";
import type { EncryptedFiles, ProviderContext } from "../../config/secrets_provider.ts";
import { ConfigurationError, type HomeportError } from "../../errors.ts";
import { findUnencrypted, type Unencrypted } from "./find_unencrypted.ts";
import { type LoadedIdentities, loadIdentities } from "./load_identities.ts";
import { isSecretFile } from "./secret_file_name.ts";
import { isSopsFile, namesInSopsFile, openSopsFile } from "./sops_file.ts";

/** What else may be encrypted is told by its content: the formats of sops, and names that people give to such files. */
const PERHAPS = /\.(?:env|ya?ml|json)$|\.(?:sops|enc|secret)\./;

/** The keys are fetched once, when a first file is opened. */
export function repositoryFiles(
  keys: readonly CredentialReference[] | undefined,
  { dataDir, signal }: ProviderContext,
  onWarnings: (warnings: readonly string[]) => void,
): EncryptedFiles {
  let loading: Promise<LoadedIdentities> | undefined;
  return {
    covers: (path, read) => isSecretFile(path) || (PERHAPS.test(posix.basename(path)) && isSopsFile(read())),
    namesIn: (path, content) => isSecretFile(path) ? namesInSopsFile(content, path) : [],
    open: async (path, content) => {
      const { identities, warnings } = await (loading ??= loadIdentities(keys, dataDir));
      onWarnings(warnings);
      signal.throwIfAborted();
      const { plaintext, variables } = await openSopsFile(path, content, identities);
      return { content: plaintext, variables: isSecretFile(path) ? variables : {} };
    },
    findUnencrypted: (paths, read) => {
      const found = (path: string) => {
        const bytes = read(path);
        return bytes === undefined ? [] : [{ path, bytes }];
      };
      return findUnencrypted(configsAbove(paths).flatMap(found), paths.flatMap(found)).map(problemOf);
    },
  };
}

/** Where a `.sops.yaml` may lie that says something of these files. */
function configsAbove(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let folder = posix.dirname(path);; folder = posix.dirname(folder)) {
      folders.add(folder);
      if (folder === ".") break;
    }
  }
  return [...folders].flatMap((folder) =>
    [".sops.yaml", ".sops.yml"].map((name) => posix.join(folder, name))
  );
}

function problemOf({ location, path, rule }: Unencrypted): HomeportError {
  const why = rule === undefined ? "by its name" : `as ${rule.file}:${rule.line} says`;
  return new ConfigurationError(`A secret lies in clear, and should be encrypted, ${why}`, {
    location,
    path,
    hint: `encrypt it with: sops -e -i ${location.file}, and change the secret, which Git remembers`,
  });
}
