/**
 * The access token of a machine account: `0.<ID>.<client secret>:<16 bytes in Base64>`. The bytes give the key that opens what the server
 * sends at the log-in; the server never sees them.
 *
 * Source: https://github.com/bitwarden/sdk-internal, `bitwarden-core`: `auth/access_token.rs`; `bitwarden-crypto`: `keys/shareable_key.rs`.
 */
import type { CredentialReference } from "../../config/config.ts";
import { HomeportError } from "../../errors.ts";
import { Secret } from "../../secret.ts";
import { resolveCredential } from "../resolve_credential.ts";
import { importKey, type SymmetricKey } from "./enc_string.ts";

export interface AccessToken {
  readonly id: string;
  readonly clientSecret: Secret;
  readonly key: SymmetricKey;
  /** Where it was found, for errors. */
  readonly place: string;
}

const KEY_BITS = 512;
const FORM = /^0\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([^.:]+):([A-Za-z0-9+/]{22}(?:==)?)$/i;

export async function getAccessToken(reference: CredentialReference): Promise<AccessToken> {
  const text = (await resolveCredential(reference)).reveal();
  const place = reference.kind === "credential-from-env"
    ? `variable ${reference.name}`
    : `file ${reference.path}`;
  const [, id, clientSecret, seed] = FORM.exec(text) ?? [];
  if (id === undefined || clientSecret === undefined || seed === undefined) {
    throw new HomeportError(`${place} holds no access token of Bitwarden Secrets Manager`, {
      hint:
        'put the whole token there, as Bitwarden showed it once: "0." and an ID at the start, and a key after a colon',
      consequence: "wait",
      exitCode: 2,
    });
  }
  return {
    id,
    clientSecret: new Secret(clientSecret),
    key: await importKey(await deriveKeyBytes(Uint8Array.fromBase64(seed))),
    place,
  };
}

/** HKDF (RFC 5869) with SHA-256: the name is its salt. */
export async function deriveKeyBytes(seed: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const salt = encoder.encode("bitwarden-accesstoken");
  const info = encoder.encode("sm-access-token");
  const input = await crypto.subtle.importKey("raw", seed, "HKDF", false, ["deriveBits"]);
  return new Uint8Array(
    await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, input, KEY_BITS),
  );
}
