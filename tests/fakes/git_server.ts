/**
 * A real Git server on the loopback interface: `git http-backend` behind HTTP, with basic authentication, faults on request, and a record of
 * what was asked.
 */
import type { FoundProgram } from "../engine/environment.ts";

export interface GitServerOptions {
  readonly git: FoundProgram;
  /** The folder that holds the bare repositories. */
  readonly root: string;
  /** Refuses requests without them. */
  readonly credentials?: { readonly username: string; readonly token: string };
}

/** What happens to a request instead of its answer, or to its answer. */
export type Fault =
  | {
    readonly kind: "status";
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
  }
  /** Ends the answer after so many bytes of the body, as a proxy may. */
  | { readonly kind: "cut"; readonly after: number }
  /** Sends so many bytes of the body, and then nothing, with the connection left open. */
  | { readonly kind: "stall"; readonly after: number };

export interface RecordedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly authorization: string | null;
}

export interface GitServer extends AsyncDisposable {
  readonly origin: string;
  readonly requests: RecordedRequest[];
  /** Asked at every request; `undefined` serves it as usual. */
  fault: (request: RecordedRequest) => Fault | undefined | Promise<Fault | undefined>;
  /** The URL of a repository below the root. */
  url(repository: string): string;
}

export function startGitServer(options: GitServerOptions): GitServer {
  const requests: RecordedRequest[] = [];
  const http = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    const record = {
      method: request.method,
      path: pathname + search,
      authorization: request.headers.get("authorization"),
    };
    requests.push(record);
    const fault = await server.fault(record);
    if (fault?.kind === "status") {
      return new Response(fault.body ?? "", { status: fault.status, headers: fault.headers ?? {} });
    }
    if (!isAuthorized(options, record.authorization)) {
      return new Response("", { status: 401, headers: { "www-authenticate": 'Basic realm="git"' } });
    }
    return spoil(await runBackend(options, request), fault);
  });
  const origin = `http://127.0.0.1:${http.addr.port}`;
  const server: GitServer = {
    origin,
    requests,
    fault: () => undefined,
    url: (repository) => `${origin}/${repository}`,
    [Symbol.asyncDispose]: () => http.shutdown(),
  };
  return server;
}

function isAuthorized({ credentials }: GitServerOptions, authorization: string | null): boolean {
  return credentials === undefined ||
    authorization === `Basic ${btoa(`${credentials.username}:${credentials.token}`)}`;
}

/** The Common Gateway Interface, as far as `git http-backend` needs it. */
async function runBackend({ git, root }: GitServerOptions, request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const body = new Uint8Array(await request.arrayBuffer());
  const child = new Deno.Command(git.command, {
    args: ["http-backend"],
    env: {
      ...git.env,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "safe.directory",
      GIT_CONFIG_VALUE_0: "*",
      REQUEST_METHOD: request.method,
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: request.headers.get("content-type") ?? "",
      CONTENT_LENGTH: String(body.length),
      GIT_PROTOCOL: request.headers.get("git-protocol") ?? "",
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(body);
  await writer.close();
  const { stdout } = await child.output();
  return parseAnswer(stdout);
}

function parseAnswer(answer: Uint8Array<ArrayBuffer>): Response {
  const text = new TextDecoder("latin1").decode(answer);
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return new Response("git http-backend gave no answer", { status: 500 });
  const headers = new Headers();
  let status = 200;
  for (const line of text.slice(0, end).split("\r\n")) {
    const [name = "", value = ""] = line.split(/: (.*)/s);
    if (name.toLowerCase() === "status") status = parseInt(value, 10);
    else headers.append(name, value);
  }
  return new Response(answer.subarray(end + 4), { status, headers });
}

async function spoil(response: Response, fault: Fault | undefined): Promise<Response> {
  if (fault === undefined || fault.kind === "status") return response;
  const whole = new Uint8Array(await response.arrayBuffer());
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(whole.slice(0, fault.after));
      if (fault.kind === "cut") controller.close();
    },
  });
  return new Response(body, { status: response.status, headers: response.headers });
}
