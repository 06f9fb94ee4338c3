import { posix } from "node:path";
import type { StringMap } from "../compose/project.ts";
import { throwAll } from "../compose/throw_all.ts";
import { asError, HomeportError } from "../errors.ts";
import type { BrokenStack, StackWarning } from "./desired_stack.ts";
import type { HostInput } from "./load_host.ts";
import { type LoadedStack, loadStack } from "./load_stack.ts";
import { openedFiles } from "./opened_files.ts";
import { namedSecrets, requireSecrets } from "./require_secrets.ts";
import { findSecretPrints, type UsedSecret } from "./secret_prints.ts";
import type { Stack } from "./stack.ts";
import { hostSettingsOf } from "./stack_settings.ts";
import { secretsOf, type SecretSource } from "./variables.ts";

/** With all that the host gives it; as broken, with the reason, where it cannot be deployed. */
export function loadStackOfHost(
  stack: Stack,
  variables: StringMap,
  input: HostInput,
): LoadedStack | BrokenStack {
  const { root, tracked, homeDir, release, secrets: { sources, fingerprint } } = input;
  const { files: opened } = input.secrets;
  const files = openedFiles(input.files, opened);
  const given = secretsOf(input.secrets, stack.name);
  const load = (others: StringMap = {}, otherFiles: typeof opened = opened) =>
    loadStack({
      stack,
      root,
      files: otherFiles === opened ? files : openedFiles(input.files, otherFiles),
      tracked,
      variables: Object.keys(others).length === 0 ? variables : { ...variables, ...others },
      homeDir,
      release,
      opened: otherFiles,
      settings: input.settings && hostSettingsOf(input.settings, stack.name),
    });
  try {
    const loaded = requireSecrets({ stack, files, variables, sources, load: () => load() });
    throwAll(loaded.undeployable);
    const secrets = namedSecrets(given, loaded, files);
    const names = Object.keys(secrets).sort();
    const warnings = [...loaded.warnings, ...staleWarnings(stack.name, names, sources)];
    const { desired } = loaded;
    const used: UsedSecret[] = [
      ...names.map((name) => ({
        name,
        value: secrets[name]!,
        loadWith: (other: string) => load({ [name]: other }).desired,
      })),
      ...loaded.openedFiles.map((path) => ({
        name: `file ${posix.relative(stack.folder, path)}`,
        value: new TextDecoder().decode(files.read(path)),
        loadWith: (other: string) =>
          load({}, new Map([...opened ?? [], [path, new TextEncoder().encode(other)]])).desired,
      })),
    ];
    if (fingerprint === undefined || used.length === 0) return { ...loaded, warnings };
    const secretPrints = once(() => findSecretPrints(desired, used, fingerprint));
    return { ...loaded, warnings, desired: { ...desired, secretPrints } };
  } catch (error) {
    return { name: stack.name, error: asError(error), ...(isOfSecrets(error) && { waitsFor: "secrets" }) };
  }
}

/** Where a stack is loaded, nothing else can come later. */
function isOfSecrets(error: unknown): boolean {
  return error instanceof HomeportError && error.consequence !== "stalled";
}

function staleWarnings(
  stack: string,
  names: readonly string[],
  sources: readonly SecretSource[],
): StackWarning[] {
  return sources.flatMap(({ stale, gives }) =>
    stale !== undefined && names.some((name) => gives?.(name, stack)) ? [{ stack, message: stale }] : []
  );
}

function once<Value>(find: () => Value): () => Value {
  let found: { readonly value: Value } | undefined;
  return () => (found ??= { value: find() }).value;
}
