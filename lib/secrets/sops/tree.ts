/** A file as sops sees it: entries in their order, comments among them. Encrypted values are text until they are decrypted. */
export type SopsValue = SopsMap | SopsList | SopsScalar | SopsComment;

export interface SopsMap {
  readonly type: "map";
  readonly entries: SopsEntry[];
}

export interface SopsList {
  readonly type: "list";
  readonly items: SopsValue[];
}

export type SopsScalar =
  | { readonly type: "null" }
  | { readonly type: "text"; readonly text: string }
  /** Text that is not UTF-8. */
  | { readonly type: "raw"; readonly bytes: Uint8Array }
  /** What old versions wrote for binary values. */
  | { readonly type: "bytes"; readonly bytes: Uint8Array }
  | { readonly type: "int"; readonly value: bigint }
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "bool"; readonly value: boolean }
  /** In the form of RFC 3339. */
  | { readonly type: "time"; readonly text: string };

export interface SopsComment {
  readonly type: "comment";
  readonly text: string;
  /** Behind a value on its line. */
  readonly inline: boolean;
}

export type SopsEntry = SopsPair | SopsComment;

export interface SopsPair {
  readonly type: "pair";
  readonly key: string;
  readonly value: SopsValue;
  /** From 1, where it is known. */
  readonly line?: number;
}

export function textValue(bytes: Uint8Array): SopsScalar {
  try {
    return { type: "text", text: UTF8.decode(bytes) };
  } catch {
    return { type: "raw", bytes };
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function pairsOf(map: SopsMap): SopsPair[] {
  return map.entries.filter((entry) => entry.type === "pair");
}
