/**
 * The access token of a machine account: `0.<ID>.<client secret>:<16 bytes in Base64>`. The bytes give the key that opens what the server
 * sends at the log-in; the server never sees them.
 *
 * Source: https://github.com/bitwarden/sdk-internal, `bitwarden-core`: `auth/access_token.rs`; `bitwarden-crypto`: `keys/shareable_key.rs`.
 */
import { hkdfSync } from "node:crypto";
import type { CredentialReference } from "../../config/config.ts";
import { HomeportError } from "../../errors.ts";
import { Secret } from "../../secret.ts";
import { resolveCredential } from "../resolve_credential.ts";
import { type SymmetricKey, toKey } from "./enc_string.ts";

export interface AccessToken {
  readonly id: string;
  readonly clientSecret: Secret;
  readonly key: SymmetricKey;
  /** Where it was found, for errors. */
  readonly place: string;
}

const KEY_BYTES = 64;
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
    key: toKey(deriveKeyBytes(Uint8Array.fromBase64(seed))),
    place,
  };
}

/** HKDF (RFC 5869) with SHA-256: the name is its salt. */
export function deriveKeyBytes(seed: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", seed, "bitwarden-accesstoken", "sm-access-token", KEY_BYTES));
}
