import { Buffer } from "node:buffer";
import { createDecipheriv } from "node:crypto";
import { findBase64 } from "../bytes.ts";
import { type SopsComment, type SopsScalar, textValue } from "./tree.ts";

const ENCRYPTED =
  /^ENC\[AES256_GCM,data:([A-Za-z0-9+/=]+),iv:([A-Za-z0-9+/=]+),tag:([A-Za-z0-9+/=]+),type:([a-z]+)\]$/;
const TAG_LENGTH = 16;

/** Whether a text has the form of an encrypted value. */
export function looksEncrypted(text: string): boolean {
  return ENCRYPTED.test(text);
}

export type DecryptFailure = "not encrypted" | "does not fit";

/**
 * Opens one value. `context` is what it was sealed with: the keys that lead to it, or for the MAC the time of the last change.
 * Web Crypto cannot: its AES-GCM refuses initialisation vectors as long as sops writes them.
 */
export function decryptValue(
  sealed: string,
  dataKey: Uint8Array,
  context: string,
): SopsScalar | SopsComment | DecryptFailure {
  if (sealed === "") return { type: "text", text: "" };
  const match = ENCRYPTED.exec(sealed);
  const [data, iv, tag] = match?.slice(1, 4).map(findBase64) ?? [];
  if (match === null || data === undefined || iv === undefined || tag === undefined) return "not encrypted";
  if (tag.length !== TAG_LENGTH) return "does not fit";
  try {
    const decipher = createDecipheriv("aes-256-gcm", dataKey, iv, { authTagLength: TAG_LENGTH });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(tag);
    const opened = Buffer.concat([decipher.update(data), decipher.final()]);
    return findTyped(match[4]!, new Uint8Array(opened)) ?? "does not fit";
  } catch {
    return "does not fit";
  }
}

function findTyped(type: string, bytes: Uint8Array): SopsScalar | SopsComment | undefined {
  if (type === "bytes") return { type: "bytes", bytes };
  const value = textValue(bytes);
  if (type === "str" || value.type !== "text") return type === "str" ? value : undefined;
  const { text } = value;
  switch (type) {
    case "int":
      return /^[-+]?\d+$/.test(text) ? { type: "int", value: BigInt(text.replace("+", "")) } : undefined;
    case "float":
      return findFloat(text);
    case "bool":
      return /^(?:1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(text)
        ? { type: "bool", value: /^[1tT]/.test(text) }
        : undefined;
    case "time":
      return { type: "time", text };
    case "comment":
      return { type: "comment", text, inline: false };
    default:
      return undefined;
  }
}

const INFINITE: Readonly<Record<string, number>> = { "+Inf": Infinity, "-Inf": -Infinity, NaN: NaN };

function findFloat(text: string): SopsScalar | undefined {
  const value = INFINITE[text] ?? (/^[-+]?[\d.]+(?:[eE][-+]?\d+)?$/.test(text) ? Number(text) : undefined);
  if (value === undefined || (Number.isNaN(value) && text !== "NaN")) return undefined;
  return { type: "float", value };
}
