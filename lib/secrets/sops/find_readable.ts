import { looksEncrypted } from "./decrypt_value.ts";
import { type IsEncrypted, isEncryptedBy } from "./is_encrypted.ts";
import type { EncryptionRule } from "./metadata.ts";
import type { SopsMap, SopsValue } from "./tree.ts";

export interface Readable {
  readonly line: number;
  readonly path: string | undefined;
}

/** The first value in clear that the rule wants encrypted. Empty texts and `null` are never encrypted. */
export function findReadable(
  documents: readonly SopsMap[],
  rule: EncryptionRule,
  file: string,
): Readable | undefined {
  const isEncrypted = isEncryptedBy(rule, { file });
  for (const document of documents) {
    const [found] = readable(document, isEncrypted, [], [], 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function* readable(
  value: SopsValue,
  isEncrypted: IsEncrypted,
  path: readonly string[],
  outer: readonly (readonly string[])[],
  line: number,
): Generator<Readable> {
  let before: string[] = [];
  switch (value.type) {
    case "map":
      for (const entry of value.entries) {
        if (entry.type === "comment") {
          before = [...before, entry.text];
          continue;
        }
        const comments = [...outer, before];
        yield* readable(entry.value, isEncrypted, [...path, entry.key], comments, entry.line ?? line);
        before = [];
      }
      return;
    case "list":
      for (const item of value.items) {
        if (item.type === "comment") {
          before = [...before, item.text];
          continue;
        }
        yield* readable(item, isEncrypted, path, [...outer, before], line);
        before = [];
      }
      return;
    case "comment":
    case "null":
      return;
  }
  if (value.type === "text" && (value.text === "" || looksEncrypted(value.text))) return;
  if (isEncrypted({ path, comments: outer, isComment: false })) yield { line, path: path.join(".") };
}
