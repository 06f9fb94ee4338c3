/** One request to the Docker Engine: the only place that knows docker-modem, the part of dockerode that speaks HTTP. */
import { Buffer } from "node:buffer";
import { Agent as HttpAgent, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { addAbortSignal, type Duplex, Readable } from "node:stream";
import { inspect } from "node:util";
// @ts-types="@types/docker-modem"
import Modem from "docker-modem";
import { HomeportError } from "../errors.ts";
import type { Secret } from "../secret.ts";
import { isBefore, NEWEST_API, OLDEST_API } from "./api_version.ts";
import { type EngineAddress, formatEngineAddress } from "./address.ts";
import type { HijackRequest } from "./build/hijack.ts";
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
  readonly #modem: Modem;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #address: EngineAddress;
  #greeting: Promise<Greeting> | undefined;

  constructor(address: EngineAddress) {
    this.#address = address;
    this.address = formatEngineAddress(address);
    // A connection for each request: one that is used again does not hear of an abort.
    this.#agent = quiet(isSecure(address) ? new HttpsAgent() : new HttpAgent());
    this.#modem = new Modem({ ...modemOptions(address), agent: this.#agent });
  }

  /** It is on this machine. */
  get isLocal(): boolean {
    return this.#address.kind === "unix";
  }

  /** The answer's JSON. */
  async request<T>(request: EngineRequest): Promise<T> {
    const text = await this.#read(await this.stream(request), request.signal);
    if (text === "") return undefined as T;
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      throw this.#gone(undefined, error);
    }
  }

  /** The answer as it comes. */
  async stream(request: EngineRequest): Promise<IncomingMessage> {
    const version = await this.apiVersion(request.signal);
    return await this.#dial(request, `/v${version}`);
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
    const response = await this.#dial(request, "");
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

  /** The modem's own reader waits for ever for an answer that ends halfway. */
  async #read(response: IncomingMessage, signal: AbortSignal): Promise<string> {
    addAbortSignal(signal, response);
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      return Buffer.concat(chunks).toString();
    } catch (error) {
      signal.throwIfAborted();
      throw this.#gone((error as ModemError).code, error);
    }
  }

  #dial(request: EngineRequest, prefix: string): Promise<IncomingMessage> {
    const { method, path, query, body, archive, registryLogin, registryLogins, signal } = request;
    signal.throwIfAborted();
    const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined);
    return new Promise((resolve, reject) => {
      this.#modem.dial({
        method,
        // The modem appends the query to a path that ends with a question mark, and to no other.
        path: `${prefix}${path}${given.length === 0 ? "" : "?"}`,
        options: { _query: Object.fromEntries(given), _body: body ?? {} },
        ...(archive === undefined
          ? {}
          : { file: archive instanceof Readable ? archive : Buffer.from(archive) }),
        ...(registryLogin === undefined ? {} : { authconfig: { key: registryLogin.reveal() } }),
        ...(registryLogins === undefined ? {} : { registryconfig: { base64: registryLogins.reveal() } }),
        abortSignal: signal,
        isStream: true,
        statusCodes: { 200: true, 201: true, 204: true, 304: true },
      }, (error: unknown, data: unknown) => {
        if (error === null || error === undefined) resolve(data as IncomingMessage);
        else reject(signal.aborted ? signal.reason : this.#explain(error));
      });
    });
  }

  #explain(error: unknown): Error {
    const { statusCode, json, code, message } = error as ModemError;
    if (statusCode === undefined) return this.#gone(code, error);
    return new RequestError(statusCode, json?.message ?? afterDash(message) ?? `HTTP status ${statusCode}`);
  }

  /** Another engine may come back than the one that went, such as after an update. */
  #gone(code: string | undefined, cause: unknown): UnreachableError {
    this.#greeting = undefined;
    return new UnreachableError(this.address, code, cause);
  }
}

function isSecure(address: EngineAddress): boolean {
  return address.kind === "tcp" && address.tls !== undefined;
}

/** The modem prints its options for every request, debugging or not: an agent with its connections takes 20 ms each time. */
function quiet<T extends HttpAgent | HttpsAgent>(agent: T): T {
  return Object.assign(agent, { [inspect.custom]: () => "Agent" });
}

interface ModemError {
  readonly statusCode?: number;
  readonly json?: { readonly message?: string };
  readonly code?: string;
  readonly message?: string;
}

/** The modem writes "(HTTP code 404) reason - message "; a stream's error has nothing but this text. */
function afterDash(message: string | undefined): string | undefined {
  return message?.replace(/^\(HTTP code \d+\) .*? - /s, "").trim();
}

/** Every field is given, so that the modem takes none from this process's environment. */
function modemOptions(address: EngineAddress): Record<string, unknown> {
  const none = { host: undefined, port: undefined, socketPath: undefined, timeout: undefined };
  const fixed = {
    ...none,
    ca: undefined,
    cert: undefined,
    key: undefined,
    pathPrefix: "/",
    protocol: "http",
  };
  if (address.kind === "unix") return { ...fixed, socketPath: address.path };
  const { host, port, tls } = address;
  const endpoint = { ...fixed, host: host.includes(":") ? `[${host}]` : host, port };
  return tls === undefined ? endpoint : { ...endpoint, protocol: "https", ...tls };
}
