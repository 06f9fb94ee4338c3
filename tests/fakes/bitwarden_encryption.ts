/** What Bitwarden's clients encrypt, made by other means than those that `lib/` decrypts with. */
import { Buffer } from "node:buffer";
import { createCipheriv, createHmac, randomBytes } from "node:crypto";

/** An `EncString` of type 2. The key is 32 bytes for AES-256-CBC and 32 for HMAC-SHA-256. */
export function seal(text: string | Uint8Array, key: Uint8Array): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv("aes-256-cbc", key.subarray(0, 32), iv);
  const data = Buffer.concat([cipher.update(Buffer.from(text)), cipher.final()]);
  const mac = hmac(key.subarray(32), iv, data);
  return `2.${[iv, data, mac].map((part) => part.toString("base64")).join("|")}`;
}

/** The key that the 16 bytes of an access token stand for. */
export function accessTokenKey(seed: Uint8Array): Uint8Array {
  const extracted = hmac(Buffer.from("bitwarden-accesstoken"), seed);
  const info = Buffer.from("sm-access-token");
  const first = hmac(extracted, info, Buffer.from([1]));
  return Buffer.concat([first, hmac(extracted, first, info, Buffer.from([2]))]);
}

function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const mac = createHmac("sha256", key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}
