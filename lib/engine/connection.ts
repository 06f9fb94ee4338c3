/** Requests to the Docker Engine, in the version of its API that both sides know. */
import { Buffer } from "node:buffer";
import { Agent as HttpAgent, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { type Duplex, Readable } from "node:stream";
import { HomeportError } from "../errors.ts";
import type { Secret } from "../secret.ts";
import { isBefore, NEWEST_API, OLDEST_API } from "./api_version.ts";
import { type EngineAddress, formatEngineAddress } from "./address.ts";
import type { HijackRequest } from "./build/hijack.ts";
import { exchange, isSecure, readAnswer } from "./exchange.ts";
import { RequestError, UnreachableError } from "./request_error.ts";

export interface EngineRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Without the API's version, such as `/containers/json`. */
  readonly path: string;
  /** A list gives a parameter several times. */
  readonly query?: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
  readonly body?: unknown;
  /** A tar archive, in place of a body. */
  readonly archive?: Uint8Array | Readable;
  /** What a pull from a private registry carries. */
  readonly registryLogin?: Secret;
  /** Logins to all registries, which a build carries: JSON in Base64. */
  readonly registryLogins?: Secret;
  readonly signal: AbortSignal;
}

interface Greeting {
  readonly apiVersion: string;
  readonly hasBuildKit: boolean;
}

/** The engine's number for BuildKit among its builders. */
const BUILDKIT = "2";

export class EngineConnection {
  readonly address: string;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #address: EngineAddress;
  #greeting: Promise<Greeting> | undefined;

  constructor(address: EngineAddress) {
    this.#address = address;
    this.address = formatEngineAddress(address);
    // A connection for each request: one that is used again does not hear of an abort.
    this.#agent = isSecure(address) ? new HttpsAgent() : new HttpAgent();
  }

  /** It is on this machine. */
  get isLocal(): boolean {
    return this.#address.kind === "unix";
  }

  /** The answer's JSON. */
  async request<T>(request: EngineRequest): Promise<T> {
    const version = await this.apiVersion(request.signal);
    const answer = await this.#send(request, `/v${version}`);
    return await this.#explained(request.signal, async () => {
      const text = await readAnswer(answer, request.signal);
      // What has nothing to tell answers with nothing.
      return (text === "" ? undefined : JSON.parse(text)) as T;
    });
  }

  /** The answer as it comes. */
  async stream(request: EngineRequest): Promise<IncomingMessage> {
    const version = await this.apiVersion(request.signal);
    return await this.#send(request, `/v${version}`);
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
    this.#agent.destroy();
  }

  async #negotiate(signal: AbortSignal): Promise<Greeting> {
    const request = { method: "GET", path: "/_ping", signal } as const;
    const response = await this.#send(request, "");
    response.resume();
    const offered = response.headers["api-version"];
    if (typeof offered !== "string" || !/^\d+\.\d+$/.test(offered)) {
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
      hasBuildKit: response.headers["builder-version"] === BUILDKIT,
    };
  }

  /** Throws what the engine refuses. */
  #send(request: EngineRequest, prefix: string): Promise<IncomingMessage> {
    const { signal } = request;
    signal.throwIfAborted();
    return this.#explained(signal, async () => {
      const answer = await exchange(this.#address, this.#agent, toExchange(request, prefix));
      const status = answer.statusCode ?? 0;
      if (GOOD.includes(status)) return answer;
      throw new RequestError(status, messageOf(await readAnswer(answer, signal)) || `HTTP status ${status}`);
    });
  }

  async #explained<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof RequestError) throw error;
      // Another engine may come back than the one that went, such as after an update.
      this.#greeting = undefined;
      throw new UnreachableError(this.address, (error as { readonly code?: string }).code, error);
    }
  }
}

const GOOD: readonly number[] = [200, 201, 204, 304];

function toExchange(request: EngineRequest, prefix: string): Parameters<typeof exchange>[2] {
  const { method, path, query = {}, body, archive, registryLogin, registryLogins, signal } = request;
  const data = archive ?? (body === undefined ? undefined : JSON.stringify(body));
  const search = formatQuery(query);
  return {
    method,
    path: `${prefix}${path}${search === "" ? "" : `?${search}`}`,
    headers: {
      ...(data !== undefined && {
        "Content-Type": archive === undefined ? "application/json" : "application/x-tar",
        ...(data instanceof Readable
          ? { "Transfer-Encoding": "chunked" }
          : { "Content-Length": Buffer.byteLength(data) }),
      }),
      ...(registryLogin && { "X-Registry-Auth": registryLogin.reveal() }),
      ...(registryLogins && { "X-Registry-Config": registryLogins.reveal() }),
    },
    data,
    signal,
  };
}

function formatQuery(query: NonNullable<EngineRequest["query"]>): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return (typeof value === "object" ? value : [String(value)]).map((each) => [name, each]);
  });
  return new URLSearchParams(pairs).toString();
}

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
