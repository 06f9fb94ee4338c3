/**
 * A server that speaks what Bitwarden's identity and API speak to a machine account of Secrets Manager, with real encryption, faults on
 * request and a record of what was asked. The official client reads it: see `tests/secrets/official_bitwarden_client.ts`.
 */
import { Buffer } from "node:buffer";
import { randomBytes, randomUUID } from "node:crypto";
import { accessTokenKey, seal } from "./bitwarden_encryption.ts";

export interface StoredSecret {
  readonly key: string;
  readonly value: string;
  /** A project's name. */
  readonly project?: string;
}

/** What happens to a request instead of its answer, or to its answer. */
export type ServerFault =
  | { readonly kind: "status"; readonly status: number; readonly retryAfter?: string; readonly body?: string }
  /** 200 with this text. */
  | { readonly kind: "text"; readonly text: string }
  /** The answer ends in its middle, as if that were its end. */
  | { readonly kind: "short" }
  /** The connection breaks in the middle of the answer. */
  | { readonly kind: "broken" }
  | { readonly kind: "redirect"; readonly to: string }
  /** No answer until the server ends. */
  | { readonly kind: "silent" };

export interface AskedRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
}

export interface BitwardenServerOptions {
  /** Other names than `/identity` and `/api`, such as where each has a host of its own. */
  readonly identityPath?: string;
  readonly apiPath?: string;
  /** For clients that refuse to speak without TLS, in PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

interface IssuedToken {
  readonly bearer: string;
  valid: boolean;
}

export class BitwardenServer implements AsyncDisposable {
  readonly organization: string = randomUUID();
  readonly requests: AskedRequest[] = [];
  /** What the machine account may read. */
  secrets: readonly StoredSecret[] = [];
  /** Changes an answer of the API before it is sent. */
  tamper: (answer: Answer) => Answer = (answer) => answer;
  /** Asked at every request; `undefined` serves it as usual. */
  fault: (request: AskedRequest) => ServerFault | undefined = () => undefined;
  /** Whether the access token is not revoked. */
  accepts = true;
  readonly #identityPath: string;
  readonly #apiPath: string;
  readonly #certificate: BitwardenServerOptions["certificate"];
  readonly #id: string = randomUUID();
  readonly #clientSecret = randomBytes(24).toString("base64url");
  readonly #seed = randomBytes(16);
  readonly #organizationKey = randomBytes(64);
  readonly #issued: IssuedToken[] = [];
  readonly #projectIds = new Map<string, string>();
  /** As a real server, it never has them in clear. */
  readonly #encryptedSecrets = new Map<StoredSecret, EncryptedSecret>();
  readonly #silent = new Set<() => void>();
  #http: Deno.HttpServer<Deno.NetAddr> | undefined;
  #port = 0;

  constructor({ identityPath = "/identity", apiPath = "/api", certificate }: BitwardenServerOptions = {}) {
    this.#certificate = certificate;
    this.#identityPath = identityPath;
    this.#apiPath = apiPath;
    this.listen();
  }

  get origin(): string {
    return `${this.#certificate === undefined ? "http" : "https"}://127.0.0.1:${this.#port}`;
  }

  get identity(): string {
    return `${this.origin}${this.#identityPath}`;
  }

  get api(): string {
    return `${this.origin}${this.#apiPath}`;
  }

  /** As Bitwarden shows it once. */
  get accessToken(): string {
    return `0.${this.#id}.${this.#clientSecret}:${this.#seed.toString("base64")}`;
  }

  /** What must never be shown. */
  get credentials(): readonly string[] {
    const keys = [this.#seed, this.#organizationKey].map((key) => key.toString("base64"));
    return [this.accessToken, this.#clientSecret, ...keys, ...this.#issued.map(({ bearer }) => bearer)];
  }

  /** Makes the project if it is new. */
  projectId(name: string): string {
    const id = this.#projectIds.get(name) ?? randomUUID();
    this.#projectIds.set(name, id);
    return id;
  }

  /** As after an hour. */
  expireTokens(): void {
    for (const token of this.#issued) token.valid = false;
  }

  encrypt(text: string | Uint8Array): string {
    return seal(text, this.#organizationKey);
  }

  /** Once more, on the same port, after it was stopped. */
  listen(): void {
    if (this.#http !== undefined) return;
    const handler = (request: Request) => this.#handle(request);
    const options = {
      hostname: "127.0.0.1",
      port: this.#port,
      onListen: () => {},
      onError: () => new Response(null, { status: 500 }),
    };
    this.#http = Deno.serve({ ...options, ...this.#certificate }, handler);
    this.#port = this.#http.addr.port;
  }

  async stop(): Promise<void> {
    for (const release of this.#silent) release();
    await this.#http?.shutdown();
    this.#http = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #handle(request: Request): Promise<Response> {
    const asked = { method: request.method, path: new URL(request.url).pathname };
    this.requests.push(asked);
    const fault = this.fault(asked);
    if (fault?.kind === "silent") await this.#keepSilent();
    if (fault?.kind === "status") {
      const headers = fault.retryAfter === undefined ? {} : { "retry-after": fault.retryAfter };
      return new Response(fault.body ?? '{"message":"fault"}', { status: fault.status, headers });
    }
    if (fault?.kind === "redirect") return new Response("", { status: 302, headers: { location: fault.to } });
    if (fault?.kind === "text") return new Response(fault.text, { headers: { "content-type": "text/html" } });
    const { status, body } = await this.#answer(request, asked.path);
    const text = JSON.stringify(body);
    if (fault?.kind === "short") return new Response(text.slice(0, text.length / 2), { status });
    if (fault?.kind === "broken") return new Response(breaking(text.slice(0, text.length / 2)), { status });
    return new Response(text, { status, headers: { "content-type": "application/json; charset=utf-8" } });
  }

  async #keepSilent(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#silent.add(resolve);
    });
  }

  async #answer(request: Request, path: string): Promise<Answer> {
    if (path === `${this.#identityPath}/connect/token` && request.method === "POST") {
      return this.#logIn(await request.text());
    }
    const bearer = request.headers.get("authorization")?.replace(/^Bearer /, "");
    if (!this.#issued.some((token) => token.valid && token.bearer === bearer)) {
      return { status: 401, body: null };
    }
    const body: unknown = request.method === "POST" ? await request.json() : undefined;
    return path.startsWith(`${this.#apiPath}/`)
      ? this.tamper(this.#answerApi(`${request.method} ${path.slice(this.#apiPath.length)}`, body))
      : NOT_FOUND;
  }

  #logIn(form: string): Answer {
    const given = Object.fromEntries(new URLSearchParams(form));
    const expected = {
      grant_type: "client_credentials",
      scope: "api.secrets",
      client_id: this.#id,
      client_secret: this.#clientSecret,
    };
    const fits = Object.entries(expected).every(([name, value]) => given[name] === value);
    if (!fits || !this.accepts) return { status: 400, body: { error: "invalid_client" } };
    const bearer = this.#makeBearer();
    this.#issued.push({ bearer, valid: true });
    const payload = JSON.stringify({ encryptionKey: this.#organizationKey.toString("base64") });
    return {
      status: 200,
      body: {
        access_token: bearer,
        expires_in: 3600,
        token_type: "Bearer",
        scope: "api.secrets",
        encrypted_payload: seal(payload, accessTokenKey(this.#seed)),
      },
    };
  }

  #makeBearer(): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.identity,
      nbf: now,
      iat: now,
      exp: now + 3600,
      scope: ["api.secrets"],
      client_id: this.#id,
      sub: randomUUID(),
      type: "ServiceAccount",
      organization: this.organization,
      jti: randomBytes(16).toString("hex").toUpperCase(),
    };
    const parts = [{ alg: "RS256", typ: "at+jwt" }, claims].map((part) =>
      Buffer.from(JSON.stringify(part)).toString("base64url")
    );
    return [...parts, randomBytes(256).toString("base64url")].join(".");
  }

  #answerApi(asked: string, body: unknown): Answer {
    const organization = `/organizations/${this.organization}`;
    const all = this.secrets.map((secret) => this.#encrypted(secret));
    if (asked === `GET ${organization}/secrets/sync`) {
      return { status: 200, body: { object: "secretsSync", hasChanges: true, secrets: listOf(all) } };
    }
    if (asked === `GET ${organization}/projects`) {
      for (const { project } of this.secrets) if (project !== undefined) this.projectId(project);
      return {
        status: 200,
        body: listOf([...this.#projectIds].map(([name, id]) => this.#encryptedProject(id, name))),
      };
    }
    if (asked === `GET ${organization}/secrets`) return { status: 200, body: identifiersOf(all) };
    const [, project] = /^GET \/projects\/([^/]+)\/secrets$/.exec(asked) ?? [];
    if (project !== undefined && [...this.#projectIds.values()].includes(project)) {
      return {
        status: 200,
        body: identifiersOf(all.filter(({ projects }) => projects.some(({ id }) => id === project))),
      };
    }
    if (asked === "POST /secrets/get-by-ids") {
      const { ids } = body as { readonly ids: readonly string[] };
      const found = all.filter(({ id }) => ids.includes(id));
      return found.length === 0 || found.length < ids.length
        ? NOT_FOUND
        : { status: 200, body: listOf(found) };
    }
    return NOT_FOUND;
  }

  #encrypted(secret: StoredSecret): EncryptedSecret {
    const known = this.#encryptedSecrets.get(secret);
    if (known !== undefined) return known;
    const { key, value, project } = secret;
    const encrypted = {
      object: "baseSecret",
      id: randomUUID(),
      organizationId: this.organization,
      key: this.encrypt(key),
      value: this.encrypt(value),
      note: this.encrypt("a note"),
      creationDate: DATE,
      revisionDate: DATE,
      projects: project === undefined ? [] : [{ id: this.projectId(project), name: this.encrypt(project) }],
    };
    this.#encryptedSecrets.set(secret, encrypted);
    return encrypted;
  }

  #encryptedProject(id: string, name: string): unknown {
    const dates = { creationDate: DATE, revisionDate: DATE };
    return { object: "project", id, organizationId: this.organization, name: this.encrypt(name), ...dates };
  }
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

interface EncryptedSecret {
  readonly id: string;
  readonly projects: readonly { readonly id: string; readonly name: string }[];
  readonly [field: string]: unknown;
}

const DATE = "2025-03-14T15:09:26.5358979Z";
const NOT_FOUND: Answer = { status: 404, body: { message: "Resource not found.", object: "error" } };

function listOf(data: readonly unknown[]): unknown {
  return { object: "list", data, continuationToken: null };
}

function identifiersOf(secrets: readonly EncryptedSecret[]): unknown {
  const listed = secrets.map(({ value: _value, note: _note, ...rest }) => ({
    ...rest,
    read: true,
    write: false,
  }));
  return { object: "SecretsWithProjectsList", secrets: listed, projects: [] };
}

/** The pause lets the first half go out: the server would make another answer of a break before it. */
function breaking(text: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      controller.error(new Error("broken on purpose"));
    },
  });
}
