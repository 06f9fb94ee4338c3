import { basename, dirname } from "node:path";
import type { Location } from "../../errors.ts";
import {
  type CreationRule,
  findCreationRule,
  readCreationRules,
  type RepositoryFile,
} from "./creation_rules.ts";
import { findFormat, formatOfPath } from "./format.ts";
import { findReadable, type Readable } from "./find_readable.ts";
import { takeMetadata } from "./metadata.ts";
import { SopsError } from "./sops_error.ts";
import { isSecretFile } from "./secret_file_name.ts";
import { readTree } from "./read_tree.ts";
export type { RepositoryFile } from "./creation_rules.ts";

/** A file, or a value in it, that lies in clear where a `.sops.yaml` wants it encrypted. */
export interface Unencrypted {
  readonly location: Location;
  /** The first value in clear, by its keys; undefined where the format has none. */
  readonly path: string | undefined;
  /** The rule that wants it; undefined where only the file's name, `*.secret.*`, does. */
  readonly rule: Location | undefined;
}

/**
 * Finds files in clear that must be encrypted: those that a creation rule names by `path_regex`, if they hold a value that the rule wants
 * encrypted, and those named `*.secret.env`, `.yaml`, `.yml` or `.json`. Also files of sops into which a value was written by hand.
 * The nearest `.sops.yaml` above a file counts.
 */
export function findUnencrypted(
  sopsYamls: readonly RepositoryFile[],
  files: readonly RepositoryFile[],
): Unencrypted[] {
  const configs = sopsYamls.map((config) => ({
    folder: dirname(config.path),
    rules: readCreationRules(config),
  }))
    .sort((one, other) => other.folder.length - one.folder.length);
  return files.filter(({ path }) => !/^\.sops\.ya?ml$/.test(basename(path))).flatMap((file) => {
    const config = configs.find(({ folder }) => isBelow(file.path, folder));
    const rule = findCreationRule(config?.rules ?? [], file.path);
    const isNamed = rule?.path !== undefined;
    const text = new TextDecoder().decode(file.bytes);
    const format = findFormat(text);
    if (!isNamed && !isSecretFile(file.path) && format === undefined) return [];
    const readable = format === undefined ? inClear(file.path, text, rule) : inSopsFile(file.path, text);
    if (readable === undefined) return [];
    const location = { file: file.path, line: readable.line };
    return [{ location, path: readable.path, rule: rule && { file: rule.file, line: rule.line } }];
  });
}

function isBelow(path: string, folder: string): boolean {
  return folder === "." || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}

const DEFAULT_RULE = { kind: "unencrypted_suffix", value: "_unencrypted" } as const;

/** What cannot be read as its format cannot be encrypted as that either: then the whole file lies in clear. */
function inClear(path: string, text: string, rule: CreationRule | undefined): Readable | undefined {
  const format = formatOfPath(path);
  if (text.trim() === "") return undefined;
  if (format === "binary" || format === "ini") return { line: 1, path: undefined };
  try {
    return findReadable(readTree(text, format, path), rule?.encryption ?? DEFAULT_RULE, path);
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    return { line: error.location?.line ?? 1, path: undefined };
  }
}

/** A value that was added by hand to a file of sops. One that cannot be read is reported when it is opened. */
function inSopsFile(path: string, text: string): Readable | undefined {
  const format = formatOfPath(path);
  if (format === "binary" || format === "ini") return undefined;
  try {
    const documents = readTree(text, format, path);
    const { rule } = takeMetadata(documents, format === "dotenv" ? "flat" : "nested", path);
    return findReadable(documents, rule, path);
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
    return undefined;
  }
}
