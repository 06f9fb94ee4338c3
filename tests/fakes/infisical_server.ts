/**
 * A server that speaks as much of Infisical's public API as is asked of it: universal auth, and the list of a folder's secrets with
 * imports, references, subfolders and permissions; with faults on request, and a record of what was asked.
 *
 * Written from https://infisical.com/docs/api-reference/endpoints/universal-auth/login, …/secrets/list and
 * https://infisical.com/docs/documentation/platform/secret-reference. Infisical's own client is run against it in
 * tests/secrets/infisical_server_test.ts, so that both are known to speak alike.
 */
import { listFolder, type StoredProject } from "./infisical_store.ts";

export interface InfisicalServerOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly projects: readonly StoredProject[];
}

/** What happens to a request instead of its answer, or to its answer. */
export type ServerFault =
  | {
    readonly kind: "status";
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  }
  /** Ends the connection amid the answer. */
  | { readonly kind: "cut" }
  /** Sends nothing, with the connection left open. */
  | { readonly kind: "silence" }
  /** Sends the half of the answer, and then nothing, with the connection left open. */
  | { readonly kind: "stall" };

export interface ServerRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly authorization: string | null;
}

export interface InfisicalServer extends AsyncDisposable {
  readonly origin: string;
  readonly requests: ServerRequest[];
  /** Asked at every request; `undefined` serves it as usual. */
  fault: (request: ServerRequest) => ServerFault | undefined;
  /** What the machine identity is known by from now on. */
  credentials: { readonly clientId: string; readonly clientSecret: string };
  /** Every token that was granted so far. */
  readonly tokens: string[];
  /** How a token that has run out is told of: 401, or 403 with `TokenError`, as releases of Infisical differ. */
  expireTokens(how?: 401 | 403): void;
  /** Stops listening, and starts again at the same address. */
  stop(): Promise<void>;
  resume(): void;
}

const LOGIN = "/api/v1/auth/universal-auth/login";
const LIST = "/api/v3/secrets/raw";

export function startInfisicalServer(options: InfisicalServerOptions): InfisicalServer {
  const requests: ServerRequest[] = [];
  const tokens: string[] = [];
  const expired = new Map<string, 401 | 403>();
  let ended = new AbortController();

  const serve = (port: number) =>
    Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, async (request) => {
      const { pathname, searchParams } = new URL(request.url);
      const record: ServerRequest = {
        method: request.method,
        path: pathname,
        query: Object.fromEntries(searchParams),
        authorization: request.headers.get("authorization"),
      };
      requests.push(record);
      const fault = server.fault(record);
      if (fault?.kind === "silence") return await untilEnd(ended.signal);
      if (fault?.kind === "status") {
        return new Response(fault.body ?? "", { status: fault.status, headers: fault.headers ?? {} });
      }
      const answer = await answerTo(record, request);
      return fault === undefined ? answer : await spoil(answer, fault, ended.signal);
    });

  const answerTo = (record: ServerRequest, request: Request): Promise<Response> => {
    const { method, path } = record;
    if (method === "POST" && path === LOGIN) return login(request);
    if (method === "GET" && path === LIST) return Promise.resolve(list(record));
    return Promise.resolve(refuse(404, "Not Found", `Route ${method}:${path} not found`));
  };

  const login = async (request: Request): Promise<Response> => {
    const { clientId, clientSecret } = await request.json();
    if (typeof clientId !== "string" || typeof clientSecret !== "string") {
      return refuse(422, "ValidationFailure", [{ code: "invalid_type", message: "Required" }]);
    }
    const { credentials } = server;
    if (clientId.trim() !== credentials.clientId || clientSecret.trim() !== credentials.clientSecret) {
      return refuse(401, "UnauthorizedError", "Invalid credentials");
    }
    const accessToken = `token-${crypto.randomUUID()}`;
    tokens.push(accessToken);
    return Response.json({ accessToken, expiresIn: 7200, accessTokenMaxTTL: 43200, tokenType: "Bearer" });
  };

  const list = ({ query, authorization }: ServerRequest): Response => {
    const token = authorization?.replace(/^Bearer /, "") ?? "";
    if (!tokens.includes(token)) return refuse(401, "UnauthorizedError", "Token missing");
    const ending = expired.get(token);
    if (ending === 401) return refuse(401, "UnauthorizedError", "Access token has expired");
    if (ending === 403) {
      return refuse(403, "TokenError", "Your token has expired. Please re-authenticate.");
    }
    const project = options.projects.find(({ id, slug }) =>
      query["workspaceId"] === undefined ? slug === query["workspaceSlug"] : id === query["workspaceId"]
    );
    if (query["environment"] === undefined) {
      return refuse(400, "BadRequestError", "Missing project id or environment");
    }
    if (project === undefined) return refuse(404, "NotFoundError", "Project not found");
    const { status, body } = listFolder(project, query);
    return Response.json(body, { status });
  };

  let http = serve(0);
  const { port } = http.addr;
  const stop = async () => {
    ended.abort();
    await http.shutdown();
  };
  const server: InfisicalServer = {
    origin: `http://127.0.0.1:${port}`,
    requests,
    tokens,
    fault: () => undefined,
    credentials: options,
    expireTokens: (how = 401) => tokens.forEach((token) => expired.set(token, how)),
    stop,
    resume() {
      ended = new AbortController();
      http = serve(port);
    },
    [Symbol.asyncDispose]: stop,
  };
  return server;
}

function refuse(statusCode: number, error: string, message: unknown): Response {
  return Response.json({ reqId: "req-1", statusCode, message, error }, { status: statusCode });
}

function untilEnd(signal: AbortSignal): Promise<Response> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(new Response(""))));
}

/** Gives half of the answer's body, with the length of the whole. */
async function spoil(response: Response, fault: ServerFault, signal: AbortSignal): Promise<Response> {
  const whole = new Uint8Array(await response.arrayBuffer());
  const gone = new AbortController();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(whole.slice(0, Math.ceil(whole.length / 2)));
      if (fault.kind === "cut") return controller.close();
      signal.addEventListener("abort", () => controller.close(), { signal: gone.signal });
    },
    cancel: () => gone.abort(),
  });
  const headers = new Headers(response.headers);
  headers.set("content-length", String(whole.length));
  return new Response(body, { status: response.status, headers });
}
