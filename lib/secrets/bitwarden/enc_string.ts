/**
 * Bitwarden's `EncString` of type 2: `2.<IV>|<data>|<MAC>`, each in Base64. The data is encrypted with AES-256-CBC, and the MAC is
 * HMAC-SHA-256 over IV and data. A key is 64 bytes: 32 for the one, 32 for the other. Secrets Manager uses no other type.
 *
 * Sources: https://bitwarden.com/help/bitwarden-security-white-paper/ and, for the bytes, https://github.com/bitwarden/sdk-internal,
 * `bitwarden-crypto`: `enc_string/symmetric.rs`, `hazmat/symmetric_encryption/aes256_cbc_hmac_sha256_ae.rs`.
 */
export interface SymmetricKey {
  readonly encryption: CryptoKey;
  readonly mac: CryptoKey;
}

const KEY_BYTES = 64;
const IV_BYTES = 16;
const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Says why, and never quotes what was to be decrypted. */
export class DecryptionError extends Error {
  override readonly name = "DecryptionError";
}

export async function importKey(bytes: Uint8Array<ArrayBuffer>): Promise<SymmetricKey> {
  if (bytes.length !== KEY_BYTES) {
    throw new DecryptionError(`its key has ${bytes.length} bytes, not ${KEY_BYTES}`);
  }
  const { subtle } = crypto;
  const [encryption, mac] = await Promise.all([
    subtle.importKey("raw", bytes.subarray(0, 32), "AES-CBC", false, ["decrypt"]),
    subtle.importKey("raw", bytes.subarray(32), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]),
  ]);
  return { encryption, mac };
}

/** The MAC is verified before anything is decrypted. */
export async function decrypt(text: string, key: SymmetricKey): Promise<string> {
  const { iv, data, mac } = parse(text);
  const signed = new Uint8Array(iv.length + data.length);
  signed.set(iv);
  signed.set(data, iv.length);
  if (!await crypto.subtle.verify("HMAC", key.mac, mac, signed)) {
    throw new DecryptionError("its MAC is wrong: it is encrypted with another key, or was changed");
  }
  try {
    const bytes = await crypto.subtle.decrypt({ name: "AES-CBC", iv }, key.encryption, data);
    return UTF_8.decode(bytes);
  } catch {
    throw new DecryptionError("what it holds is not text");
  }
}

type Bytes = Uint8Array<ArrayBuffer>;

function parse(text: string): { readonly iv: Bytes; readonly data: Bytes; readonly mac: Bytes } {
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

function findBytes(base64: string): Bytes | undefined {
  try {
    return Uint8Array.fromBase64(base64);
  } catch {
    return undefined;
  }
}
