import { HomeportError } from "../errors.ts";
import type { Secret } from "../secret.ts";
import { explainConnection, explainStatus, type Peer } from "./http_failure.ts";

export interface Credentials {
  readonly username: string;
  readonly token: Secret;
}

export interface GitRequest {
  /** What follows the repository's URL. */
  readonly suffix: string;
  /** The content type of a good answer. */
  readonly accept: string;
  readonly post?: { readonly contentType: string; readonly body: string };
}

const MOST_REDIRECTS = 5;
const USER_AGENT = "git/2.0 (homeport)";

/**
 * Requests to one repository on a server. It follows redirects by itself, for two reasons: the credentials must not go along to
 * another host, and what the first request learned of the repository's new place holds for the next one.
 */
export class HttpSession {
  readonly #peer: Peer;
  readonly #credentials: Credentials | undefined;
  readonly #stallTimeout: number;
  #base: string;

  constructor(url: string, credentials: Credentials | undefined, stallTimeout: number) {
    this.#base = url;
    this.#peer = { url, hasToken: credentials !== undefined };
    this.#credentials = credentials;
    this.#stallTimeout = stallTimeout;
  }

  /** The body of a good answer, as it comes in. Everything else is thrown as an error for people. */
  async *send(request: GitRequest, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
    signal.throwIfAborted();
    const watch = new StallWatch(this.#stallTimeout);
    try {
      const response = await this.#answer(request, AbortSignal.any([signal, watch.signal]));
      for await (const chunk of response.body ?? []) {
        watch.sawBytes();
        yield chunk;
      }
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof HomeportError ? error : explainConnection(error, this.#peer, watch.stalledFor);
    } finally {
      watch.end();
    }
  }

  async #answer(request: GitRequest, signal: AbortSignal): Promise<Response> {
    let url = this.#base + request.suffix;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const response = await this.#fetch(url, request, signal);
      const target = redirectTarget(response, url);
      if (target === undefined) {
        const type = response.headers.get("content-type")?.split(";")[0]?.trim() ?? "";
        if (response.status === 200 && type === request.accept) return response;
        await response.body?.cancel();
        throw explainStatus(response, type, this.#peer, url);
      }
      await response.body?.cancel();
      this.#checkRedirect(target, url, response.status, request);
      url = target.href;
      if (url.endsWith(request.suffix)) this.#base = url.slice(0, -request.suffix.length);
    }
    throw new HomeportError(
      `Cannot reach the repository ${this.#peer.url}: it redirects more than ${MOST_REDIRECTS} times`,
      {
        hint: "set repository.url to the address that the redirects end at",
        exitCode: 2,
      },
    );
  }

  #fetch(url: string, { accept, post }: GitRequest, signal: AbortSignal): Promise<Response> {
    const headers = new Headers({ accept, "user-agent": USER_AGENT });
    if (this.#credentials !== undefined && new URL(url).origin === new URL(this.#peer.url).origin) {
      headers.set("authorization", basicAuthorization(this.#credentials));
    }
    if (post !== undefined) headers.set("content-type", post.contentType);
    const method = post === undefined ? "GET" : "POST";
    return fetch(url, { method, headers, body: post?.body ?? null, redirect: "manual", signal });
  }

  #checkRedirect(target: URL, from: string, status: number, request: GitRequest): void {
    const shown = target.origin + target.pathname;
    const refuse = (reason: string) =>
      new HomeportError(`Cannot follow the repository ${this.#peer.url} to ${shown}: ${reason}`, {
        hint: "set repository.url to the repository's new address",
        exitCode: 2,
      });
    if (target.protocol !== "https:" && (target.protocol !== "http:" || from.startsWith("https:"))) {
      throw refuse("the redirect leads to a connection without encryption");
    }
    if (request.post !== undefined && status !== 307 && status !== 308) {
      throw refuse("the server redirects a request that carries data");
    }
  }
}

function redirectTarget(response: Response, from: string): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(response.status)) return undefined;
  const location = response.headers.get("location");
  return location === null || !URL.canParse(location, from) ? undefined : new URL(location, from);
}

function basicAuthorization({ username, token }: Credentials): string {
  const bytes = new TextEncoder().encode(`${username}:${token.reveal()}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

/** Ends a request that stays silent for too long, however long it takes as a whole. */
class StallWatch {
  readonly #controller = new AbortController();
  readonly #limit: number;
  #timer: ReturnType<typeof setTimeout>;

  constructor(limit: number) {
    this.#limit = limit;
    this.#timer = this.#start();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The limit in milliseconds, once it has been passed. */
  get stalledFor(): number | undefined {
    return this.#controller.signal.aborted ? this.#limit : undefined;
  }

  sawBytes(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#start();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #start(): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.#controller.abort(), this.#limit);
  }
}
