/**
 * Stands between a client and a Docker Engine, on a unix socket of its own: records every request, and fails those that a test picks.
 * It passes bytes on as they come, so that streams and upgraded connections work as without it.
 */

export interface RecordedRequest {
  readonly method: string;
  /** With its query, and without the API's version: `/containers/json?all=1`. */
  readonly path: string;
  readonly body: string;
  /** That of the path, such as `1.51`. */
  readonly apiVersion?: string;
}

/**
 * What happens to a request. `fail`: the engine never sees it, and the client gets an error. `hang`: the client gets no answer.
 * `garble`: the engine never sees it, and the client gets what no HTTP server says. `cut`: the connection breaks, before the engine sees the
 * request or after it has carried it out, or after some bytes of the answer.
 */
export type Fault =
  | { readonly kind: "fail"; readonly status: number; readonly message: string }
  | { readonly kind: "hang" }
  | { readonly kind: "garble" }
  /** `onDone`: called once the engine has answered, which the client never hears. */
  | { readonly kind: "cut"; readonly when: "before" }
  | { readonly kind: "cut"; readonly when: "after"; readonly onDone?: () => void }
  | { readonly kind: "cut"; readonly when: "during"; readonly bytes: number };

export interface EngineProxyOptions {
  /** Path of the real engine's socket. */
  readonly target: string;
  /** Path of the socket to listen on. */
  readonly socket: string;
  /** The engine calls itself no newer than this, such as `1.43`. */
  readonly apiVersion?: string;
  readonly onRequest?: (request: RecordedRequest) => Fault | undefined | Promise<Fault | undefined>;
}

export interface EngineProxy {
  readonly socket: string;
  /** As `DOCKER_HOST` takes it. */
  readonly dockerHost: string;
  /** In the order of their arrival. */
  readonly requests: readonly RecordedRequest[];
  /** Those that may change something: all but GET and HEAD. */
  writes(): RecordedRequest[];
  close(): Promise<void>;
}

export function startEngineProxy(options: EngineProxyOptions): Promise<EngineProxy> {
  const listener = Deno.listen({ transport: "unix", path: options.socket });
  const requests: RecordedRequest[] = [];
  const open = new Set<Deno.Conn>();
  const serving = serve(listener, { ...options, requests, open });
  return Promise.resolve({
    socket: options.socket,
    dockerHost: `unix://${options.socket}`,
    requests,
    writes: () => requests.filter(({ method }) => method !== "GET" && method !== "HEAD"),
    close: async () => {
      listener.close();
      for (const connection of open) closeQuietly(connection);
      await serving;
      await Deno.remove(options.socket).catch(() => {});
    },
  });
}

interface Session extends EngineProxyOptions {
  readonly requests: RecordedRequest[];
  readonly open: Set<Deno.Conn>;
}

async function serve(listener: Deno.UnixListener, session: Session): Promise<void> {
  const clients: Promise<void>[] = [];
  try {
    for await (const client of listener) clients.push(serveClient(client, session));
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
  await Promise.all(clients);
}

/** One request a connection: the answer tells the client to open another for the next. */
async function serveClient(client: Deno.Conn, session: Session): Promise<void> {
  session.open.add(client);
  try {
    const request = await readRequest(client);
    if (request === undefined) return;
    const { method, path, body } = request;
    const version = /\/v(\d+\.\d+)\//.exec(path)?.[1];
    const recorded = {
      method,
      path: path.replace(/^https?:\/\/[^/]*/, "").replace(/^\/v\d+\.\d+(?=\/)/, ""),
      body,
      ...(version === undefined ? {} : { apiVersion: version }),
    };
    session.requests.push(recorded);
    const answer = answerAs(session.apiVersion, recorded);
    if (answer !== undefined) return await writeAll(client, answer);
    const fault = await session.onRequest?.(recorded);
    if (fault?.kind === "fail") return await writeAll(client, errorResponse(fault.status, fault.message));
    if (fault?.kind === "hang") return await untilClosed(client);
    if (fault?.kind === "garble") {
      return await writeAll(client, encode("\0\x07ENOSUCH 7/\r\n}{\r\n\r\n".repeat(64)));
    }
    if (fault?.kind === "cut" && fault.when === "before") return;
    await forward(client, request, session, fault);
  } catch (error) {
    if (!isClosed(error)) throw error;
  } finally {
    session.open.delete(client);
    closeQuietly(client);
  }
}

async function forward(
  client: Deno.Conn,
  request: RawRequest,
  { target, open }: Session,
  cut: Fault | undefined,
): Promise<void> {
  const engine = await Deno.connect({ transport: "unix", path: target });
  open.add(engine);
  try {
    await writeAll(engine, request.bytes);
    if (request.upgrade) {
      await Promise.all([pipe(client, engine).then(() => engine.closeWrite()), pipe(engine, client)]);
      return;
    }
    // A client that goes away takes its request with it.
    untilClosed(client).then(() => closeQuietly(engine));
    if (cut?.kind !== "cut") return await pipe(engine, client);
    if (cut.when === "during") return await pipe(engine, client, cut.bytes);
    await pipe(engine, undefined);
    if (cut.when === "after") cut.onDone?.();
  } finally {
    open.delete(engine);
    closeQuietly(engine);
  }
}

interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly upgrade: boolean;
  /** What the engine gets. */
  readonly bytes: Uint8Array;
}

async function readRequest(client: Deno.Conn): Promise<RawRequest | undefined> {
  const input = new Input(client);
  const head = await input.readUntil("\r\n\r\n");
  if (head === undefined) return undefined;
  const [first = "", ...lines] = decode(head).trimEnd().split("\r\n");
  const [method = "", path = ""] = first.split(" ");
  const header = (name: string) =>
    lines.find((line) => line.toLowerCase().startsWith(`${name}:`))?.slice(name.length + 1).trim();
  const upgrade = header("upgrade") !== undefined;
  const { raw, content } = header("transfer-encoding") === "chunked"
    ? await readChunked(input)
    : await readFixed(input, Number(header("content-length") ?? 0));
  const kept = upgrade
    ? lines
    : [...lines.filter((line) => !/^connection:/i.test(line)), "Connection: close"];
  const start = encode([first, ...kept, "", ""].join("\r\n"));
  return { method, path, body: decode(content), upgrade, bytes: join([start, raw, input.rest()]) };
}

async function readFixed(input: Input, length: number) {
  const raw = await input.read(length);
  return { raw, content: raw };
}

async function readChunked(input: Input) {
  const raw: Uint8Array[] = [];
  const content: Uint8Array[] = [];
  for (;;) {
    const line = await input.readUntil("\r\n") ?? new Uint8Array();
    const size = Number.parseInt(decode(line), 16);
    const chunk = await input.read(size + 2);
    raw.push(line, chunk);
    content.push(chunk.subarray(0, size));
    if (!(size > 0)) return { raw: join(raw), content: join(content) };
  }
}

class Input {
  readonly #connection: Deno.Conn;
  #buffer: Uint8Array = new Uint8Array();

  constructor(connection: Deno.Conn) {
    this.#connection = connection;
  }

  /** Up to and with the mark; nothing when the connection ends before. */
  async readUntil(mark: string): Promise<Uint8Array | undefined> {
    for (;;) {
      const at = latin(this.#buffer).indexOf(mark);
      if (at >= 0) return this.#take(at + mark.length);
      if (!await this.#fill()) return undefined;
    }
  }

  async read(length: number): Promise<Uint8Array> {
    while (this.#buffer.length < length) if (!await this.#fill()) break;
    return this.#take(length);
  }

  /** What was read beyond the request. */
  rest(): Uint8Array {
    return this.#take(this.#buffer.length);
  }

  #take(length: number): Uint8Array {
    const taken = this.#buffer.slice(0, length);
    this.#buffer = this.#buffer.slice(length);
    return taken;
  }

  async #fill(): Promise<boolean> {
    const chunk = new Uint8Array(64 * 1024);
    const length = await this.#connection.read(chunk);
    if (length === null) return false;
    this.#buffer = join([this.#buffer, chunk.subarray(0, length)]);
    return true;
  }
}

/** Passes at most `limit` bytes on, or none where there is nobody to take them. */
async function pipe(from: Deno.Conn, to: Deno.Conn | undefined, limit = Infinity): Promise<void> {
  const chunk = new Uint8Array(64 * 1024);
  for (let passed = 0; passed < limit;) {
    const length = await from.read(chunk).catch(ignoreClosed);
    if (length === null) return;
    const part = chunk.subarray(0, Math.min(length, limit - passed));
    if (to !== undefined) await writeAll(to, part);
    passed += part.length;
  }
}

async function untilClosed(connection: Deno.Conn): Promise<void> {
  const chunk = new Uint8Array(1024);
  while (await connection.read(chunk).catch(ignoreClosed) !== null);
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await connection.write(bytes.subarray(written));
}

/** Where clients learn the version: the rest is the engine's own answer, which knows the older ones, too. */
function answerAs(
  apiVersion: string | undefined,
  { method, path }: RecordedRequest,
): Uint8Array | undefined {
  if (apiVersion === undefined || (path !== "/_ping" && path !== "/version")) return undefined;
  const version = { Version: "0", ApiVersion: apiVersion, MinAPIVersion: "1.24", Os: "linux", Arch: "amd64" };
  const body = path === "/_ping" ? "OK" : JSON.stringify(version);
  const head = [
    "HTTP/1.1 200 OK",
    `Api-Version: ${apiVersion}`,
    "Ostype: linux",
    `Content-Type: ${path === "/_ping" ? "text/plain" : "application/json"}`,
    `Content-Length: ${body.length}`,
  ];
  return encode([...head, "Connection: close", "", method === "HEAD" ? "" : body].join("\r\n"));
}

function errorResponse(status: number, message: string): Uint8Array {
  const body = encode(JSON.stringify({ message }));
  const head = [
    `HTTP/1.1 ${status} Failed`,
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
  ];
  return join([encode([...head, "Connection: close", "", ""].join("\r\n")), body]);
}

function ignoreClosed(error: unknown): null {
  if (isClosed(error)) return null;
  throw error;
}

function isClosed(error: unknown): boolean {
  const { BadResource, BrokenPipe, ConnectionReset, Interrupted, NotConnected } = Deno.errors;
  // The engine itself may be away.
  const { ConnectionRefused, NotFound } = Deno.errors;
  return [BadResource, BrokenPipe, ConnectionReset, Interrupted, NotConnected, ConnectionRefused, NotFound]
    .some((kind) => error instanceof kind);
}

function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!isClosed(error)) throw error;
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** One character a byte, so that positions agree. */
function latin(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
