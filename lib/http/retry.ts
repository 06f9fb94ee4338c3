import { setTimeout as sleep } from "node:timers/promises";
import { HomeportError } from "../errors.ts";

/** How long a server is given. In milliseconds. */
export interface Pace {
  /** For one try. */
  readonly timeout: number;
  readonly tries: number;
  /** Before the second try; doubled before each further one. */
  readonly firstWait: number;
  /** For all tries and the waiting between them. */
  readonly within: number;
}

const PACE: Pace = { timeout: 10_000, tries: 4, firstWait: 500, within: 20_000 };

/** A fault that may have passed at the next try. */
export class PassingError extends HomeportError {
  override readonly name = "PassingError";
  /** Milliseconds that the server asks to be left alone for. */
  readonly retryAfter: number;

  constructor(message: string, details: { hint: string; retryAfter?: number | undefined; cause?: unknown }) {
    super(message, { hint: details.hint, cause: details.cause, consequence: "retry" });
    this.retryAfter = details.retryAfter ?? 0;
  }
}

/**
 * Tries until it succeeds, fails with something else than a {@linkcode PassingError}, or the pace is used up.
 *
 * @param server Whom to name when there is no answer in time, such as `https://vault.bitwarden.com`.
 */
export async function retry<T>(
  server: string,
  attempt: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
  pace: Pace = PACE,
): Promise<T> {
  const end = performance.now() + pace.within;
  for (let nth = 1;; nth++) {
    try {
      return await inTime(server, attempt, signal, Math.min(pace.timeout, end - performance.now()));
    } catch (error) {
      if (!(error instanceof PassingError) || nth === pace.tries) throw error;
      const wait = Math.max(error.retryAfter, pace.firstWait * 2 ** (nth - 1) * (0.75 + Math.random() / 2));
      if (performance.now() + wait >= end) throw error;
      await sleep(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

/** Also where the attempt does not hear the signal, as in libraries that take none. */
async function inTime<T>(
  server: string,
  attempt: (signal: AbortSignal) => Promise<T>,
  outer: AbortSignal,
  timeout: number,
): Promise<T> {
  outer.throwIfAborted();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(tooSlow(server, timeout)), timeout);
  const signal = AbortSignal.any([outer, limit.signal]);
  const end = Promise.withResolvers<never>();
  const stop = () => end.reject(signal.reason);
  signal.addEventListener("abort", stop);
  try {
    return await Promise.race([end.promise, attempt(signal)]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

function tooSlow(server: string, timeout: number): PassingError {
  return new PassingError(`${server} did not answer within ${Math.max(1, Math.round(timeout / 1000))} s`, {
    hint: "see that it runs and that this host reaches it",
  });
}
