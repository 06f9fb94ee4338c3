import { createHash } from "node:crypto";
import { utf8 } from "../bytes.ts";
import { decryptValue } from "./decrypt_value.ts";
import { type IsEncrypted, isEncryptedBy } from "./is_encrypted.ts";
import type { Metadata } from "./metadata.ts";
import { sopsError } from "./sops_error.ts";
import type { SopsComment, SopsEntry, SopsMap, SopsScalar, SopsValue } from "./tree.ts";
import { fixedFloat } from "./value_text.ts";

/** Decrypts all documents of a file, and holds them against its MAC. */
export function decryptTree(
  documents: readonly SopsMap[],
  metadata: Metadata,
  dataKey: Uint8Array,
  file: string,
): SopsMap[] {
  const walk = new Walk(metadata, dataKey, file);
  const decrypted = documents.map((document) => walk.map(document, [], []));
  verifyMac(metadata, walk.digest(), dataKey, file);
  return decrypted;
}

/** Given with the time of the last change, in the form that Go prints. */
function verifyMac({ mac, lastModified }: Metadata, digest: string, dataKey: Uint8Array, file: string): void {
  const context = lastModified.replace(/\.\d+/, "").replace(/[-+]00:00$/, "Z");
  const opened = mac === "" ? undefined : decryptValue(mac, dataKey, context);
  if (typeof opened === "object" && opened.type === "text" && opened.text === digest) return;
  throw sopsError(
    "The file was changed after sops encrypted it: its MAC does not fit",
    "undo the change, or make it with `sops edit`",
    { file },
  );
}

/** Sets files apart whose MAC covers only what is encrypted: the SHA-256 of `sops`. */
const ONLY_ENCRYPTED = Uint8Array.fromHex("8a3fd2ad54ce66527b1034f3d147be0b0b975b3bf44f72c6fdadec8176f27d69");

type Comments = readonly (readonly string[])[];

class Walk {
  readonly #isEncrypted: IsEncrypted;
  readonly #macOnlyEncrypted: boolean;
  readonly #dataKey: Uint8Array;
  readonly #file: string;
  readonly #hash = createHash("sha512");

  constructor(metadata: Metadata, dataKey: Uint8Array, file: string) {
    this.#isEncrypted = isEncryptedBy(metadata.rule, { file });
    this.#macOnlyEncrypted = metadata.macOnlyEncrypted;
    this.#dataKey = dataKey;
    this.#file = file;
    if (this.#macOnlyEncrypted) this.#hash.update(ONLY_ENCRYPTED);
  }

  digest(): string {
    return this.#hash.digest("hex").toUpperCase();
  }

  map({ entries }: SopsMap, path: readonly string[], outer: Comments): SopsMap {
    let before: string[] = [];
    return {
      type: "map",
      entries: entries.map((entry): SopsEntry => {
        if (entry.type === "comment") {
          before = [...before, entry.text];
          return this.#comment(entry, path, [...outer, before]);
        }
        const value = this.#value(entry.value, [...path, entry.key], [...outer, before], entry.line);
        before = [];
        return { ...entry, value };
      }),
    };
  }

  #list(items: readonly SopsValue[], path: readonly string[], outer: Comments, line?: number): SopsValue[] {
    let before: string[] = [];
    return items.map((item) => {
      if (item.type === "comment") {
        before = [...before, item.text];
        return this.#comment(item, path, [...outer, before]);
      }
      const value = this.#value(item, path, [...outer, before], line);
      before = [];
      return value;
    });
  }

  #value(value: SopsValue, path: readonly string[], comments: Comments, line?: number): SopsValue {
    switch (value.type) {
      case "map":
        return this.map(value, path, comments);
      case "list":
        return { type: "list", items: this.#list(value.items, path, comments, line) };
      case "comment":
        return this.#comment(value, path, comments);
      case "null":
        return value;
      default:
        return this.#scalar(value, path, comments, line);
    }
  }

  #scalar(value: SopsScalar, path: readonly string[], comments: Comments, line?: number): SopsValue {
    const encrypted = this.#isEncrypted({ path, comments, isComment: false });
    const opened = encrypted ? this.#open(value, path, line) : value;
    this.#count(opened, encrypted);
    return opened;
  }

  #open(value: SopsScalar, path: readonly string[], line?: number): SopsScalar | SopsComment {
    const place = { file: this.#file, line };
    const name = path.join(".");
    const opened = value.type === "text"
      ? decryptValue(value.text, this.#dataKey, contextOf(path))
      : "not encrypted";
    if (typeof opened === "object") return opened;
    if (opened === "not encrypted") {
      throw sopsError(`${name} is not encrypted`, "write it with `sops edit`, not by hand", place);
    }
    throw sopsError(
      `The value of ${name} was changed or moved after sops encrypted it`,
      "undo the change, or make it with `sops edit`",
      place,
    );
  }

  /** Old versions left comments readable: one that cannot be opened stays as it is. */
  #comment(comment: SopsComment, path: readonly string[], comments: Comments): SopsComment {
    const encrypted = this.#isEncrypted({ path, comments, isComment: true });
    const opened = encrypted ? decryptValue(comment.text, this.#dataKey, contextOf(path)) : comment;
    if (typeof opened !== "object") return comment;
    this.#count(opened, encrypted);
    if (opened.type === "comment") return opened;
    return { type: "comment", text: textOfComment(opened), inline: comment.inline };
  }

  #count(value: SopsScalar | SopsComment, encrypted: boolean): void {
    if (value.type === "comment" || (this.#macOnlyEncrypted && !encrypted)) return;
    this.#hash.update(macBytes(value));
  }
}

function contextOf(path: readonly string[]): string {
  return path.map((key) => `${key}:`).join("") || ":";
}

function textOfComment(opened: SopsScalar): string {
  return opened.type === "text" ? opened.text : new TextDecoder().decode(macBytes(opened));
}

function macBytes(value: SopsScalar): Uint8Array {
  switch (value.type) {
    case "text":
    case "time":
      return utf8(value.text);
    case "raw":
    case "bytes":
      return value.bytes;
    case "int":
      return utf8(String(value.value));
    case "float":
      return utf8(fixedFloat(value.value));
    case "bool":
      return utf8(value.value ? "True" : "False");
    case "null":
      return new Uint8Array();
  }
}
