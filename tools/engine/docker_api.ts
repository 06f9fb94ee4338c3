/** The few calls to a Docker Engine that the tools need, without any package: plain HTTP over its socket. */

export interface DockerApi extends Disposable {
  /** Throws when the engine cannot be reached or answers with an error status. */
  request(
    method: "GET" | "POST" | "DELETE" | "HEAD",
    path: string,
    options?: RequestOptions,
  ): Promise<Response>;
  /** The parsed body of a GET. */
  get(path: string, query?: Query): Promise<unknown>;
}

/** A list stands for a parameter that is given several times. */
export type Query = Readonly<Record<string, string | readonly string[]>>;

export interface RequestOptions {
  readonly query?: Query;
  readonly body?: Uint8Array<ArrayBuffer> | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export class DockerApiError extends Error {
  override readonly name = "DockerApiError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export function openDockerApi(socketPath: string): DockerApi {
  const client = Deno.createHttpClient({ proxy: { transport: "unix", path: socketPath } });
  const request: DockerApi["request"] = async (method, path, options = {}) => {
    const query = encodeQuery(options.query ?? {});
    const response = await fetch(`http://docker${path}${query === "" ? "" : `?${query}`}`, {
      method,
      client,
      headers: options.headers ?? {},
      body: options.body ?? null,
      signal: options.signal ?? null,
    });
    if (response.ok || response.status === 304) return response;
    throw new DockerApiError(response.status, `${method} ${path}: ${messageOf(await response.text())}`);
  };
  return {
    request,
    get: async (path, query = {}) => await (await request("GET", path, { query })).json(),
    [Symbol.dispose]: () => client.close(),
  };
}

/** The path of a `unix://` address; `undefined` for an engine that is reached in another way. */
export function socketPathOf(dockerHost: string): string | undefined {
  return dockerHost.startsWith("unix://") ? dockerHost.slice("unix://".length) : undefined;
}

function encodeQuery(query: Query): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (typeof value === "string" ? [value] : value).map((each) => [name, each])
  );
  return new URLSearchParams(pairs).toString();
}

function messageOf(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && "message" in parsed) return String(parsed.message);
  } catch {
    // Not JSON: the body itself is the message.
  }
  return body.trim();
}
