/** gRPC over HTTP/2: calls of the engine's methods, and methods of ours that the engine calls. */
import { Buffer } from "node:buffer";
import { messageOf } from "../../errors.ts";
import type { Http2Connection } from "./http2_connection.ts";
import type { Http2Stream } from "./http2_stream.ts";

/** The engine refused a call, or broke it off. */
export class GrpcError extends Error {
  override readonly name = "GrpcError";
  /** See {@linkcode CODE}. */
  readonly code: number;
  /** A message of the type `google.rpc.Status`. */
  readonly details: Uint8Array;

  constructor(code: number, message: string, details: Uint8Array = new Uint8Array()) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

export const CODE = { ok: 0, unknown: 2, notFound: 5, unimplemented: 12, unavailable: 14 } as const;

const PREFIX_LENGTH = 5;
const CONTENT_TYPE = "application/grpc";

/** Sends one message, and yields those that come back. */
export async function* call(
  connection: Http2Connection,
  method: string,
  message: Uint8Array,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  const stream = connection.open([
    [":method", "POST"],
    [":scheme", "http"],
    [":path", method],
    [":authority", "docker"],
    ["content-type", CONTENT_TYPE],
    ["te", "trailers"],
  ]);
  const cancel = () => stream.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    await stream.write(framed(message));
    stream.end();
    yield* messagesOf(stream);
    checkStatus(stream);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

/** As {@linkcode call}, where exactly one message comes back. */
export async function callOnce(
  connection: Http2Connection,
  method: string,
  message: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array> {
  for await (const answer of call(connection, method, message, signal)) return answer;
  throw new GrpcError(CODE.unknown, `the engine answered nothing to ${method}`);
}

/** What a method of ours is called with. */
export interface IncomingCall {
  /** Values of the call's headers. */
  readonly metadata: (name: string) => readonly string[];
  readonly messages: AsyncIterable<Uint8Array>;
  /** Messages go out whole, one after the other. */
  readonly send: (message: Uint8Array) => Promise<void>;
}

export type Method = (call: IncomingCall) => Promise<void>;

/** Answers one call. A method throws a {@linkcode GrpcError} to refuse. */
export async function answer(
  stream: Http2Stream,
  methods: Readonly<Record<string, Method>>,
  onFailure: (error: unknown) => void,
): Promise<void> {
  const path = stream.header(":path") ?? "";
  const method = Object.hasOwn(methods, path) ? methods[path] : undefined;
  stream.sendHeaders([[":status", "200"], ["content-type", CONTENT_TYPE]]);
  let last: Promise<void> = Promise.resolve();
  try {
    if (method === undefined) throw new GrpcError(CODE.unimplemented, `unknown method ${path}`);
    await method({
      metadata: (name) => stream.headers.get(name) ?? [],
      messages: messagesOf(stream),
      send: (message) => last = last.then(() => stream.write(framed(message))),
    });
    await last;
    stream.sendHeaders([["grpc-status", String(CODE.ok)]], { isLast: true });
  } catch (error) {
    const code = error instanceof GrpcError ? error.code : CODE.unknown;
    const message = messageOf(error);
    stream.sendHeaders([["grpc-status", String(code)], ["grpc-message", encodeURIComponent(message)]], {
      isLast: true,
    });
    if (!(error instanceof GrpcError)) onFailure(error);
  }
}

function framed(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(PREFIX_LENGTH);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

async function* messagesOf(stream: Http2Stream): AsyncGenerator<Uint8Array> {
  let rest = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    while (rest.length >= PREFIX_LENGTH) {
      const end = PREFIX_LENGTH + rest.readUInt32BE(1);
      if (rest.length < end) break;
      yield rest.subarray(PREFIX_LENGTH, end);
      rest = rest.subarray(end);
    }
  }
}

function checkStatus(stream: Http2Stream): void {
  const http = stream.header(":status");
  const status = stream.header("grpc-status");
  if (status === String(CODE.ok)) return;
  if (status === undefined) {
    throw new GrpcError(CODE.unavailable, `the engine broke the call off (HTTP status ${http ?? "missing"})`);
  }
  const message = decodePercent(stream.header("grpc-message") ?? "");
  const details = Buffer.from(stream.header("grpc-status-details-bin") ?? "", "base64");
  throw new GrpcError(Number(status), message, details);
}

/** A text that is no proper code stays as it is. */
function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
