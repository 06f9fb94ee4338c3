import { sopsError, type SopsPlace } from "./sops_error.ts";
import { pairsOf, type SopsMap, type SopsValue } from "./tree.ts";
import { unflatten } from "./unflatten.ts";
import { valueToText } from "./value_text.ts";

/** What sops wrote about a file into it. */
export interface Metadata {
  readonly ageKeys: readonly AgeKey[];
  /** Kinds of keys that only sops itself can ask, such as `pgp`. */
  readonly otherKeys: readonly string[];
  readonly lastModified: string;
  readonly mac: string;
  readonly macOnlyEncrypted: boolean;
  readonly rule: EncryptionRule;
}

export interface AgeKey {
  readonly recipient: string;
  /** The data key, for this recipient, in armor. */
  readonly enc: string;
}

export const RULE_KINDS = [
  "unencrypted_suffix",
  "encrypted_suffix",
  "unencrypted_regex",
  "encrypted_regex",
  "unencrypted_comment_regex",
  "encrypted_comment_regex",
] as const;

/** Which values are encrypted. */
export interface EncryptionRule {
  readonly kind: typeof RULE_KINDS[number];
  readonly value: string;
}

export type MetadataForm = "nested" | "flat";

const KEY_KINDS = ["kms", "gcp_kms", "hckms", "azure_kv", "hc_vault", "pgp"];
const MEND = "encrypt it with sops again";

/** Takes the metadata out of the documents. */
export function takeMetadata(documents: readonly SopsMap[], form: MetadataForm, file: string): Metadata {
  const map = form === "flat" ? takeFlat(documents) : takeNested(documents, file);
  if (map === undefined) {
    throw sopsError(
      "Not encrypted: the file holds no metadata of sops",
      "encrypt it with sops before it is committed",
      { file },
    );
  }
  return readMetadata(map, { file });
}

function takeNested(documents: readonly SopsMap[], file: string): SopsMap | undefined {
  const [first = [], ...rest] = documents.map((document) => takePairs(document, (key) => key === "sops"));
  void rest;
  if (first.length === 0) return undefined;
  const { value } = first[0]!;
  if (first.length > 1 || value.type !== "map") {
    throw sopsError("Broken file of sops: its metadata are no single mapping", MEND, { file });
  }
  return value;
}

const PREFIX = "sops_";

function takeFlat(documents: readonly SopsMap[]): SopsMap | undefined {
  const taken = documents[0] === undefined ? [] : takePairs(documents[0], (key) => key.startsWith(PREFIX));
  if (taken.length === 0) return undefined;
  return unflatten(taken.map(({ key, value }) => [key.slice(PREFIX.length), value]));
}

function takePairs(
  document: SopsMap,
  isTaken: (key: string) => boolean,
): readonly { key: string; value: SopsValue }[] {
  const taken = pairsOf(document).filter(({ key }) => isTaken(key));
  const kept = document.entries.filter((entry) => entry.type === "comment" || !isTaken(entry.key));
  document.entries.splice(0, document.entries.length, ...kept);
  return taken;
}

function readMetadata(map: SopsMap, place: SopsPlace): Metadata {
  const group = keyGroupOf(map, place);
  const rules = RULE_KINDS.map((kind) => ({ kind, value: textOf(map, kind) })).filter(({ value }) =>
    value !== ""
  );
  if (rules.length > 1) {
    const names = rules.map(({ kind }) => kind).join(" and ");
    throw sopsError(`Broken file of sops: it has both ${names}`, MEND, place);
  }
  return {
    ageKeys: listOf(group, "age").map((key) => ({
      recipient: textOf(key, "recipient"),
      enc: textOf(key, "enc"),
    })),
    otherKeys: KEY_KINDS.filter((kind) => listOf(group, kind).length > 0),
    lastModified: textOf(map, "lastmodified"),
    mac: textOf(map, "mac"),
    macOnlyEncrypted: /^(?:1|t|true)$/i.test(textOf(map, "mac_only_encrypted")),
    rule: rules[0] ?? { kind: "unencrypted_suffix", value: "_unencrypted" },
  };
}

/** Keys of one group stand at the top; those of several are parts of a shared secret. */
function keyGroupOf(map: SopsMap, place: SopsPlace): SopsMap {
  if (["age", ...KEY_KINDS].some((kind) => listOf(map, kind).length > 0)) return map;
  const groups = listOf(map, "key_groups");
  if (groups.length > 1) {
    throw sopsError(
      `The data key is split among ${groups.length} key groups (shamir_threshold), which Homeport does not join`,
      "encrypt it with one key group",
      place,
    );
  }
  if (groups[0] === undefined) throw sopsError("Broken file of sops: it names no keys", MEND, place);
  return groups[0];
}

function findValue(map: SopsMap, key: string): SopsValue | undefined {
  return pairsOf(map).findLast((pair) => pair.key === key)?.value;
}

function textOf(map: SopsMap, key: string): string {
  const value = findValue(map, key);
  if (value === undefined || value.type === "null") return "";
  return value.type === "map" || value.type === "list" || value.type === "comment" ? "" : valueToText(value);
}

function listOf(map: SopsMap, key: string): SopsMap[] {
  const value = findValue(map, key);
  return value?.type === "list" ? value.items.filter((item) => item.type === "map") : [];
}
