import { HomeportError } from "../../errors.ts";
import { decrypt, DecryptionError, type SymmetricKey } from "./enc_string.ts";

/** Decrypts with the organization's key, and names in an error what could not be. */
export function decryptIn(what: string, text: string, key: SymmetricKey): string {
  try {
    return decrypt(text, key);
  } catch (error) {
    if (!(error instanceof DecryptionError)) throw error;
    throw new HomeportError(`cannot decrypt ${what}: ${error.message}`, {
      hint: "save it again in Secrets Manager; should all be so, make a new access token",
      consequence: "wait",
    });
  }
}
