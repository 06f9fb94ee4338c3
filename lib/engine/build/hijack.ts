/** A connection to the engine that is switched from HTTP to another protocol. */
import { Buffer } from "node:buffer";
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type EngineAddress, formatEngineAddress } from "../address.ts";
import { RequestError, UnreachableError } from "../request_error.ts";

export interface HijackRequest {
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly signal: AbortSignal;
}

/**
 * Asks the engine to speak HTTP/2 on the connection. Not by `node:http`: it hands such a connection over in some releases of Deno only.
 * The connection is paused, and the caller's to close.
 */
export async function hijack(address: EngineAddress, request: HijackRequest): Promise<Socket> {
  const { path, headers, signal } = request;
  signal.throwIfAborted();
  const socket = connect(address);
  // Whoever takes the connection over hears of its end all the same.
  socket.on("error", () => {});
  const abort = () => socket.destroy(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    socket.write([
      `POST ${path} HTTP/1.1`,
      "Host: docker",
      "Connection: Upgrade",
      "Upgrade: h2c",
      ...headers.map(([name, value]) => `${name}: ${value}`),
      "\r\n",
    ].join("\r\n"));
    const { head, rest } = await readHead(socket);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
    if (status !== 101) throw new RequestError(status, `the engine does not hand ${path} over (${status})`);
    if (rest.length > 0) socket.unshift(rest);
    return socket;
  } catch (error) {
    socket.destroy();
    if (signal.aborted) throw signal.reason;
    if (error instanceof RequestError) throw error;
    throw new UnreachableError(formatEngineAddress(address), (error as { code?: string }).code, error);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function connect(address: EngineAddress): Socket {
  if (address.kind === "unix") return connectPlain({ path: address.path });
  const { host, port, tls } = address;
  return tls === undefined ? connectPlain({ host, port }) : connectTls({ host, port, ...tls });
}

function readHead(socket: Socket): Promise<{ head: string; rest: Buffer }> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const stop = () => {
      socket.off("data", read).off("error", fail).off("close", close).pause();
    };
    const fail = (error: Error) => {
      stop();
      reject(error);
    };
    const close = () => fail(new Error("the engine closed the connection"));
    const read = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) return;
      stop();
      resolve({ head: received.subarray(0, end).toString(), rest: received.subarray(end + 4) });
    };
    socket.on("data", read).on("error", fail).on("close", close);
  });
}
