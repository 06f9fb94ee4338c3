/**
 * Bitwarden's `EncString` of type 2: `2.<IV>|<data>|<MAC>`, each in Base64. The data is encrypted with AES-256-CBC, and the MAC is
 * HMAC-SHA-256 over IV and data. A key is 64 bytes: 32 for the one, 32 for the other. Secrets Manager uses no other type.
 *
 * Sources: https://bitwarden.com/help/bitwarden-security-white-paper/ and, for the bytes, https://github.com/bitwarden/sdk-internal,
 * `bitwarden-crypto`: `enc_string/symmetric.rs`, `hazmat/symmetric_encryption/aes256_cbc_hmac_sha256_ae.rs`.
 *
 * Not with Web Crypto, which goes to another thread for every value: of a thousand, most of the time is spent on the way.
 */
import { createDecipheriv, createHmac, timingSafeEqual } from "node:crypto";
import { joinBytes } from "../bytes.ts";

export interface SymmetricKey {
  readonly encryption: Uint8Array;
  readonly mac: Uint8Array;
}

const KEY_BYTES = 64;
const IV_BYTES = 16;
const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Says why, and never quotes what was to be decrypted. */
export class DecryptionError extends Error {
  override readonly name = "DecryptionError";
}

export function toKey(bytes: Uint8Array): SymmetricKey {
  if (bytes.length !== KEY_BYTES) {
    throw new DecryptionError(`its key has ${bytes.length} bytes, not ${KEY_BYTES}`);
  }
  return { encryption: bytes.subarray(0, 32), mac: bytes.subarray(32) };
}

/** The MAC is verified before anything is decrypted. */
export function decrypt(text: string, key: SymmetricKey): string {
  const { iv, data, mac } = parse(text);
  const expected = createHmac("sha256", key.mac).update(iv).update(data).digest();
  if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) {
    throw new DecryptionError("its MAC is wrong: it is encrypted with another key, or was changed");
  }
  try {
    const decipher = createDecipheriv("aes-256-cbc", key.encryption, iv);
    return UTF_8.decode(joinBytes([decipher.update(data), decipher.final()]));
  } catch {
    throw new DecryptionError("what it holds is not text");
  }
}

interface Parts {
  readonly iv: Uint8Array;
  readonly data: Uint8Array;
  readonly mac: Uint8Array;
}

function parse(text: string): Parts {
  const [, type, rest] = /^(\d+)\.(.*)$/s.exec(text) ?? [];
  if (type === undefined || rest === undefined) {
    throw new DecryptionError("it is not encrypted as Bitwarden does");
  }
  if (type !== "2") {
    throw new DecryptionError(`it is encrypted with type ${type}, and only type 2 is known here`);
  }
  const [iv, data, mac, ...more] = rest.split("|").map(findBytes);
  if (iv?.length !== IV_BYTES || data === undefined || mac === undefined || more.length > 0) {
    throw new DecryptionError("it is cut off or not Base64");
  }
  return { iv, data, mac };
}

function findBytes(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(base64);
  } catch {
    return undefined;
  }
}
