/**
 * The log-in of a machine account at Bitwarden's identity server, which gives a bearer token and the organization's key.
 *
 * Sources: https://github.com/bitwarden/server, `src/Identity/IdentityServer`; https://github.com/bitwarden/sdk-internal,
 * `bitwarden-core`: `auth/login/access_token.rs`, `auth/jwt_token.rs`.
 */
import { HomeportError } from "../../errors.ts";
import { Secret } from "../../secret.ts";
import { parseJson, request } from "../../http/http_request.ts";
import type { Pace } from "../../http/retry.ts";
import type { AccessToken } from "./access_token.ts";
import { isRecord, strangeAnswer } from "./answers.ts";
import { decrypt, DecryptionError, type SymmetricKey, toKey } from "./enc_string.ts";
import type { ServerAddresses } from "./server_addresses.ts";

/** What a log-in gives. It is kept for one pass, and no longer. */
export interface Login {
  readonly bearer: Secret;
  readonly organization: string;
  readonly key: SymmetricKey;
}

export interface Connection {
  readonly server: ServerAddresses;
  readonly token: AccessToken;
  readonly signal: AbortSignal;
  readonly pace: Pace | undefined;
}

export async function logIn({ server, token, signal, pace }: Connection): Promise<Login> {
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    scope: "api.secrets",
    client_id: token.id,
    client_secret: token.clientSecret.reveal(),
  }).toString();
  const headers = {
    "content-type": "application/x-www-form-urlencoded; charset=utf-8",
    accept: "application/json",
  };
  const url = `${server.identity}/connect/token`;
  const answer = await request({ url, method: "POST", headers, body }, signal, pace);
  if (answer.status === 400 || answer.status === 401) throw notAccepted(server.identity, token.place);
  if (answer.status !== 200) throw refused(server.identity, answer.status, token.place);
  const given = parseJson(answer, server.identity);
  if (!isRecord(given)) throw strangeAnswer(server.identity, "a log-in");
  const { access_token: bearer, encrypted_payload: payload } = given;
  if (typeof bearer !== "string" || typeof payload !== "string") {
    throw strangeAnswer(server.identity, "a log-in");
  }
  const organization = findOrganization(bearer);
  if (organization === undefined) throw strangeAnswer(server.identity, "a log-in of a machine account");
  return {
    bearer: new Secret(bearer),
    organization,
    key: openPayload(payload, token, server.identity),
  };
}

/** The claims of the bearer token, a JWT, say whose it is. Its signature is for the API to check. */
function findOrganization(bearer: string): string | undefined {
  try {
    const bytes = Uint8Array.fromBase64(bearer.split(".")[1] ?? "", { alphabet: "base64url" });
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isRecord(claims) && typeof claims["organization"] === "string"
      ? claims["organization"]
      : undefined;
  } catch {
    return undefined;
  }
}

function openPayload(payload: string, token: AccessToken, server: string): SymmetricKey {
  let text: string;
  try {
    text = decrypt(payload, token.key);
  } catch (error) {
    if (!(error instanceof DecryptionError)) throw error;
    throw new HomeportError(
      `${server} sends an organization's key that the access token cannot open: ${error.message}`,
      {
        hint: `see that ${token.place} holds the whole access token, with the key behind the colon`,
        consequence: "wait",
        exitCode: 2,
      },
    );
  }
  try {
    const given: unknown = JSON.parse(text);
    const encoded = isRecord(given) ? given["encryptionKey"] : undefined;
    return toKey(Uint8Array.fromBase64(String(encoded)));
  } catch {
    // The cause could quote the key.
    throw strangeAnswer(server, "an organization's key");
  }
}

function notAccepted(server: string, place: string): HomeportError {
  return new HomeportError(`${server} does not accept the access token in ${place}`, {
    hint:
      "see in Secrets Manager that it is neither expired nor revoked, and that server is where it was made " +
      '("us" or "eu", or your own)',
    consequence: "wait",
    exitCode: 2,
  });
}

export function refused(server: string, status: number, place: string): HomeportError {
  return new HomeportError(`${server} refuses the access token in ${place} (HTTP ${status})`, {
    hint: "see that the machine account is enabled, and its organization has Secrets Manager",
    consequence: "wait",
    ...(status === 401 && { exitCode: 2 }),
  });
}
