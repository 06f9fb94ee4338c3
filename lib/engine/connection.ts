/** Requests to the Docker Engine, in the version of its API that both sides know. */
import type { Duplex } from "node:stream";
import { HomeportError } from "../errors.ts";
import { type LinkedSignal, linkedSignal } from "../linked_signal.ts";
import { isBefore, NEWEST_API, OLDEST_API } from "./api_version.ts";
import { type EngineAddress, formatEngineAddress } from "./address.ts";
import { readChunks, readMessages } from "./answer_stream.ts";
import type { HijackRequest } from "./build/hijack.ts";
import { type EngineRequest, toExchange } from "./engine_request.ts";
import { exchange, openClient } from "./exchange.ts";
import { RequestError, UnreachableError } from "./request_error.ts";
import { unreachableReason } from "./unreachable_reason.ts";

interface Greeting {
  readonly apiVersion: string;
  readonly hasBuildKit: boolean;
}

/** The engine's number for BuildKit among its builders. */
const BUILDKIT = "2";

export class EngineConnection {
  readonly address: string;
  readonly #address: EngineAddress;
  readonly #underWay = new Set<LinkedSignal>();
  #client: Deno.HttpClient | undefined;
  #greeting: Promise<Greeting> | undefined;

  constructor(address: EngineAddress) {
    this.#address = address;
    this.address = formatEngineAddress(address);
  }

  /** It is on this machine. */
  get isLocal(): boolean {
    return this.#address.kind === "unix";
  }

  /** The answer's JSON. */
  async request<T>(request: EngineRequest): Promise<T> {
    const version = await this.apiVersion(request.signal);
    using own = this.#begin(request.signal);
    const answer = await this.#send(request, `/v${version}`, own.signal);
    return await this.#explained(request.signal, async () => {
      const text = await answer.text();
      // What has nothing to tell answers with nothing.
      return (text === "" ? undefined : JSON.parse(text)) as T;
    });
  }

  /** The answer as it comes. Whoever leaves it before its end breaks it off. */
  async stream(request: EngineRequest): Promise<AsyncIterable<Uint8Array>> {
    const version = await this.apiVersion(request.signal);
    const own = this.#begin(request.signal);
    try {
      const { body } = await this.#send(request, `/v${version}`, own.signal);
      return this.#asItComes(body === null ? [] : readChunks(body, own.signal), request.signal, own);
    } catch (error) {
      own[Symbol.dispose]();
      throw error;
    }
  }

  /** The messages of an answer as they come, each of them a line of JSON. */
  async messages<T>(request: EngineRequest): Promise<AsyncIterable<T>> {
    const stream = await this.stream(request);
    return this.#asItComes(readMessages<T>(stream), request.signal);
  }

  /** The newest version of the API that both sides know. Asked once. */
  async apiVersion(signal: AbortSignal): Promise<string> {
    return (await this.#greet(signal)).apiVersion;
  }

  /** Whether the engine builds with BuildKit. */
  async hasBuildKit(signal: AbortSignal): Promise<boolean> {
    return (await this.#greet(signal)).hasBuildKit;
  }

  /** A connection on which HTTP/2 is spoken from now on. It is paused, and the caller's to close. */
  async hijack(request: HijackRequest): Promise<Duplex> {
    const version = await this.apiVersion(request.signal);
    const { hijack } = await import("./build/hijack.ts");
    return await hijack(this.#address, { ...request, path: `/v${version}${request.path}` });
  }

  #greet(signal: AbortSignal): Promise<Greeting> {
    this.#greeting ??= this.#negotiate(signal).catch((error) => {
      this.#greeting = undefined;
      throw error;
    });
    return this.#greeting;
  }

  /** Breaks off what is under way. */
  close(): void {
    for (const each of this.#underWay) each.abort();
    this.#client?.close();
    this.#client = undefined;
  }

  async #negotiate(signal: AbortSignal): Promise<Greeting> {
    const request = { method: "GET", path: "/_ping", signal } as const;
    using own = this.#begin(signal);
    const response = await this.#send(request, "", own.signal);
    await response.body?.cancel();
    const offered = response.headers.get("api-version");
    if (offered === null || !/^\d+\.\d+$/.test(offered)) {
      throw new HomeportError(`What answers at ${this.address} is no Docker Engine`, {
        hint: "set DOCKER_HOST to where the Docker Engine listens",
      });
    }
    if (isBefore(offered, OLDEST_API)) {
      throw new HomeportError(
        `The Docker Engine at ${this.address} is too old: it speaks API ${offered}, and ${OLDEST_API} is needed`,
        { hint: "update Docker to version 20.10 or later" },
      );
    }
    return {
      apiVersion: isBefore(offered, NEWEST_API) ? offered : NEWEST_API,
      hasBuildKit: response.headers.get("builder-version") === BUILDKIT,
    };
  }

  /** Throws what the engine refuses. */
  #send(request: EngineRequest, prefix: string, own: AbortSignal): Promise<Response> {
    const { signal } = request;
    signal.throwIfAborted();
    return this.#explained(signal, async () => {
      this.#client ??= openClient(this.#address);
      const sent = toExchange(request, prefix, own);
      const answer = await exchange(this.#client, this.#address, sent);
      const { status } = answer;
      if (GOOD.includes(status)) return answer;
      throw new RequestError(status, messageOf(await answer.text()) || `HTTP status ${status}`);
    });
  }

  /** Ends with the signal, and when the connection is closed. */
  #begin(signal: AbortSignal): LinkedSignal {
    const own = linkedSignal(signal);
    this.#underWay.add(own);
    return {
      ...own,
      [Symbol.dispose]: () => {
        this.#underWay.delete(own);
        own[Symbol.dispose]();
      },
    };
  }

  async #explained<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#failure(signal, error);
    }
  }

  async *#asItComes<T>(
    parts: AsyncIterable<T> | Iterable<T>,
    signal: AbortSignal,
    own?: LinkedSignal,
  ): AsyncGenerator<T> {
    try {
      yield* parts;
    } catch (error) {
      throw this.#failure(signal, error);
    } finally {
      own?.[Symbol.dispose]();
    }
  }

  #failure(signal: AbortSignal, error: unknown): unknown {
    if (signal.aborted) return signal.reason;
    if (error instanceof RequestError || error instanceof UnreachableError) return error;
    // Another engine may come back than the one that went, such as after an update.
    this.#greeting = undefined;
    return new UnreachableError(this.address, unreachableReason(error), error);
  }
}

const GOOD: readonly number[] = [200, 201, 204, 304];

/** The engine explains itself in JSON; what stands between it and Homeport may not. */
function messageOf(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: string };
    if (message !== undefined) return message;
  } catch {
    // It is the message itself.
  }
  return text.trim();
}
