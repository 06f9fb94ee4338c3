import { type ErrorDetails, HomeportError } from "../../errors.ts";
import { maskValues, type Secret } from "../../secret.ts";
import type { HttpAnswer } from "../../http/http_request.ts";

/** Who asks. */
export interface Identity {
  readonly clientId: Secret;
  readonly clientSecret: Secret;
}

/** The token ran out or was revoked; another may do. */
export class TokenRefused extends HomeportError {
  override readonly name = "TokenRefused";
}

const LONGEST_REASON = 200;

export function explainLogin(answer: HttpAnswer, server: string, identity: Identity): HomeportError {
  const reason = reasonOf(answer, [identity.clientId, identity.clientSecret]);
  return new HomeportError(`${server} gives the machine identity no token: ${reason}`, {
    hint: "see that clientId and clientSecret are those of one machine identity with Universal Auth there",
    consequence: "wait",
  });
}

/** @param place What was asked for, such as `folder /shared of environment prod`. */
export function explainList(
  answer: HttpAnswer,
  server: string,
  place: string,
  { clientId, clientSecret, token }: Identity & { readonly token: Secret },
): HomeportError {
  const reason = reasonOf(answer, [clientId, clientSecret, token]);
  const message = `${server} does not give the secrets of ${place}: ${reason}`;
  const details = (hint: string): ErrorDetails => ({ hint, consequence: "wait" });
  if (isTokenRefused(answer)) {
    return new TokenRefused(
      message,
      details("see that the machine identity's tokens are accepted from here"),
    );
  }
  return new HomeportError(
    message,
    details(
      answer.status === 403
        ? "let the machine identity read the values of all secrets there, and of those that they refer to"
        : "see that project, environment and paths are those of Infisical, and the identity is in the project",
    ),
  );
}

/** Releases of Infisical differ in how they tell that a token ran out. */
function isTokenRefused(answer: HttpAnswer): boolean {
  return answer.status === 401 || (answer.status === 403 && bodyOf(answer)["error"] === "TokenError");
}

/** What the server says, without what it was told. */
function reasonOf(answer: HttpAnswer, told: readonly Secret[]): string {
  const { message } = bodyOf(answer);
  if (typeof message !== "string" || message === "") return `HTTP ${answer.status}`;
  const line = message.replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
  const masked = maskValues(line, told.map((each) => each.reveal()), 1);
  const short = masked.length > LONGEST_REASON ? `${masked.slice(0, LONGEST_REASON)}…` : masked;
  return `${short} (HTTP ${answer.status})`;
}

function bodyOf({ text }: HttpAnswer): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
