import { dirname, relative } from "node:path";
import { findGoRegex } from "./go_regex.ts";
import { isEncryptedBy } from "./is_encrypted.ts";
import { type EncryptionRule, RULE_KINDS } from "./metadata.ts";
import { readYaml } from "./read_yaml.ts";
import { sopsError } from "./sops_error.ts";
import { pairsOf, type SopsMap, type SopsPair } from "./tree.ts";

/** A file of the repository, by its absolute path. */
export interface RepositoryFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** A rule of a `.sops.yaml`: which files sops is to encrypt, and what of them. */
export interface CreationRule {
  /** The `.sops.yaml`, and where the rule stands in it. */
  readonly file: string;
  readonly line: number;
  /** Undefined: it names no files. */
  readonly path: RegExp | undefined;
  readonly encryption: EncryptionRule;
}

/** The rules of a `.sops.yaml`, in their order. */
export function readCreationRules({ path: file, bytes }: RepositoryFile): readonly CreationRule[] {
  const [config] = readYaml(new TextDecoder().decode(bytes), file);
  const rules = config && pairsOf(config).find(({ key }) => key === "creation_rules");
  if (rules === undefined || rules.value.type === "null") return [];
  const { value } = rules;
  if (value.type !== "list") throw broken("creation_rules is no list", file, rules.line ?? 1);
  return value.items.filter((item) => item.type !== "comment").map((item) => {
    if (item.type !== "map") throw broken("a creation rule is no mapping", file, rules.line ?? 1);
    return readRule(item, file, rules.line ?? 1);
  });
}

function readRule(rule: SopsMap, file: string, outer: number): CreationRule {
  const line = pairsOf(rule)[0]?.line ?? outer;
  const pattern = textOf(rule, "path_regex", file);
  const path = pattern === undefined ? undefined : findGoRegex(pattern.text);
  if (pattern !== undefined && path === undefined) {
    throw broken("path_regex is no regular expression that Homeport can read", file, pattern.line);
  }
  const encryptions = RULE_KINDS.flatMap((kind) => {
    const value = textOf(rule, kind, file);
    return value === undefined ? [] : [{ kind, value: value.text }];
  });
  if (encryptions.length > 1) {
    throw broken(`a creation rule has both ${encryptions.map(({ kind }) => kind).join(" and ")}`, file, line);
  }
  const encryption = encryptions[0] ?? { kind: "unencrypted_suffix", value: "_unencrypted" };
  isEncryptedBy(encryption, { file, line });
  return { file, line, path, encryption };
}

function textOf(rule: SopsMap, key: string, file: string): { text: string; line: number } | undefined {
  const pair: SopsPair | undefined = pairsOf(rule).find((each) => each.key === key);
  if (pair === undefined || pair.value.type === "null") return undefined;
  if (pair.value.type !== "text") throw broken(`${key} is no text`, file, pair.line ?? 1);
  return pair.value.text === "" ? undefined : { text: pair.value.text, line: pair.line ?? 1 };
}

function broken(message: string, file: string, line: number): Error {
  return sopsError(`Cannot use .sops.yaml: ${message}`, "see https://getsops.io/docs/#using-sopsyaml-conf", {
    file,
    line,
  });
}

/** The first rule that fits counts, as for sops. Its expression is held against the path from the `.sops.yaml` on. */
export function findCreationRule(
  rules: readonly CreationRule[],
  path: string,
): CreationRule | undefined {
  return rules.find((rule) => rule.path?.test(relative(dirname(rule.file), path)) ?? true);
}
