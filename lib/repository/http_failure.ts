/** What a server's refusal, or its silence, means for a person. */
import { ConfigurationError, HomeportError, messageOf, rootCause } from "../errors.ts";
import { BrokenPacketStream } from "./pkt_line.ts";
import { withoutCredentials } from "./remote_address.ts";

export interface Peer {
  /** The repository's URL, without credentials. */
  readonly url: string;
  readonly hasToken: boolean;
}

const TOKEN_REFERENCE = '{ token: fromEnv("GIT_TOKEN") }';

/** The server answered, and not with what Git would. */
export function explainStatus(
  response: Response,
  contentType: string,
  peer: Peer,
  asked: string,
): HomeportError {
  const { status } = response;
  const failed = `Cannot read the repository ${peer.url}`;
  if (status === 401 && !peer.hasToken) {
    return new HomeportError(`${failed}: the server asks for credentials (HTTP 401)`, {
      path: "repository.auth",
      hint:
        `set repository.auth to ${TOKEN_REFERENCE}, and check that the URL is right: some servers ask when there is no such repository`,
    });
  }
  if (status === 401) {
    return new HomeportError(`${failed}: the server refuses the token (HTTP 401)`, {
      path: "repository.auth.token",
      hint:
        "check that the token is right and has not expired, and that repository.auth.username is what the server wants",
    });
  }
  if (status === 403) {
    return new HomeportError(`${failed}: the server denies access (HTTP 403)`, {
      path: peer.hasToken ? "repository.auth.token" : "repository.auth",
      hint: peer.hasToken
        ? "give the token the right to read this repository"
        : `set repository.auth to ${TOKEN_REFERENCE}`,
    });
  }
  if (status === 404 || status === 410) {
    return new ConfigurationError(`${failed}: the server has no such repository (HTTP ${status})`, {
      path: "repository.url",
      hint: peer.hasToken
        ? "check the URL, and that the token has the right to read the repository: some servers hide what it may not see"
        : `check the URL; if the repository is private, set repository.auth to ${TOKEN_REFERENCE}`,
    });
  }
  if (status === 408 || status === 429 || status >= 500) {
    return new HomeportError(`${failed}: the server has a fault or is busy (HTTP ${status})`, {
      consequence: "retry",
      hint: "try again in a while; if it stays, look at the server's log",
    });
  }
  const place = new URL(asked);
  const shown = `${place.origin}${place.pathname}`.replace(/\/(info\/refs|git-upload-pack)$/, "");
  const answer = status === 200 ? contentType || "an answer without a content type" : `HTTP ${status}`;
  return new ConfigurationError(`${failed}: ${shown} is not a Git repository (it answers with ${answer})`, {
    path: "repository.url",
    hint: "set repository.url to the address that `git clone` takes",
  });
}

/** There was no answer, or it broke off. */
export function explainConnection(error: unknown, peer: Peer, stalledFor: number | undefined): HomeportError {
  const failed = `Cannot reach the repository ${peer.url}`;
  if (stalledFor !== undefined) {
    return new HomeportError(`${failed}: the server sent nothing for ${stalledFor / 1000} s`, {
      consequence: "retry",
      hint: "check the network and the server, and try again",
    });
  }
  const reason = withoutCredentials(innermost(error));
  if (/certificate|tls|corrupt message|fatal alert|handshake/i.test(reason)) {
    return new HomeportError(`${failed}: no secure connection: ${reason}`, {
      cause: error,
      hint:
        "check the server's certificate; if it comes from an authority of your own, name that one's file in DENO_CERT or set " +
        "DENO_TLS_CA_STORE=system",
    });
  }
  return new HomeportError(`${failed}: ${reason}`, {
    consequence: "retry",
    cause: error,
    hint: "check the network, and that the host in repository.url is right",
  });
}

/** The conversation went wrong after it had begun well. */
export function explainConversation(error: unknown, url: string): HomeportError | undefined {
  if (!(error instanceof BrokenPacketStream)) return undefined;
  return new HomeportError(`Cannot fetch from ${url}: the server's answer is broken: ${error.message}`, {
    consequence: "retry",
    cause: error,
    hint: "try again; if it stays, look at the server's log and at any proxy in between",
  });
}

/** Deno wraps the cause in sentences that repeat the URL; the last part says what happened. */
function innermost(error: unknown): string {
  const message = messageOf(rootCause(error));
  return message.replace(/^error sending request [^\n]*?: (?=client error)/, "").replace(
    /^client error \([^)]*\): /,
    "",
  );
}
