import { HomeportError, messageOf, rootCause } from "../errors.ts";
import { type Pace, PassingError, retry } from "./retry.ts";

/** One request. Of its URL only the origin stands in errors; of its headers and body nothing does. */
export interface HttpRequest {
  readonly url: string;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds that the body of an answer of 429 asks to be left alone for, where the server says it there. */
  readonly findRetryAfter?: (text: string) => number | undefined;
}

/** An answer that is neither a redirect nor a passing fault. Other failures, such as 401, are the caller's to explain. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** Asks a server, again where that can help. Credentials go to no other server: a redirect is not followed. */
export function request(asked: HttpRequest, signal: AbortSignal, pace?: Pace): Promise<HttpAnswer> {
  return retry(new URL(asked.url).origin, (each) => requestOnce(asked, each), signal, pace);
}

/** What an answer holds as JSON. The error does not quote it, for it may hold secrets. */
export function parseJson({ text }: HttpAnswer, server: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new HomeportError(`${server} did not answer with JSON`, {
      hint: "see that the address is the one of the API, and that no proxy answers in its place",
      consequence: "retry",
    });
  }
}

/** As {@linkcode request}, without a second try. */
export async function requestOnce(asked: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { url, method = "GET", headers = {}, body = null } = asked;
  const server = new URL(url).origin;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { method, headers, body, redirect: "manual", signal });
    text = await response.text();
  } catch (error) {
    throw unreachable(server, error);
  }
  const { status } = response;
  if (status >= 300 && status < 400) throw redirected(server, response.headers.get("location"));
  if (status === 429 || status >= 500) {
    throw new PassingError(
      status === 429
        ? `${server} is asked too often (HTTP 429)`
        : `${server} failed to answer (HTTP ${status})`,
      {
        hint: "should it last, see what the server says of its state",
        retryAfter: parseRetryAfter(response.headers.get("retry-after")) ?? asked.findRetryAfter?.(text),
      },
    );
  }
  return { status, text };
}

function unreachable(server: string, cause: unknown): HomeportError {
  const reason = innermost(cause);
  if (/certificate|tls|corrupt message|fatal alert|handshake/i.test(reason)) {
    return new HomeportError(`no secure connection to ${server}: ${reason}`, {
      hint:
        "check the server's certificate; if it comes from an authority of your own, name that one's file in DENO_CERT or set " +
        "DENO_TLS_CA_STORE=system",
      consequence: "wait",
      cause,
    });
  }
  return new PassingError(`cannot reach ${server}: ${reason}`, {
    hint: "see that it runs and that this host reaches it",
    cause,
  });
}

/** Deno wraps the cause in sentences that repeat the URL; the last part says what happened. */
function innermost(error: unknown): string {
  const message = messageOf(rootCause(error));
  return message.replace(/^.*?\burl \(\S+\): /, "").replace(/^client error \([^)]*\): /, "");
}

function redirected(server: string, location: string | null): HomeportError {
  const target = location === null ? null : URL.parse(location, server);
  return new HomeportError(`${server} sends requests on to ${target?.origin ?? "another address"}`, {
    hint: "write the address that it sends to in stacks.config.ts, if that is the right one",
    consequence: "wait",
  });
}

/** Seconds, or a date. */
function parseRetryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  const wait = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}
