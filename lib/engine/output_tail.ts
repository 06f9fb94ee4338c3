import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";

/** Bytes that are kept. */
const TAIL = 4096;
const HEADER = 8;

/**
 * The engine sends both streams of a container as frames: eight bytes, of which the last four are the length of what follows. A terminal
 * has one stream, which comes as it is.
 */
export async function readTail(
  stream: IncomingMessage,
  signal: AbortSignal,
  { isTerminal = false }: { readonly isTerminal?: boolean } = {},
): Promise<string> {
  const stop = () => void stream.destroy();
  signal.addEventListener("abort", stop, { once: true });
  let pending = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  const keep = (content: Buffer) => void (tail = Buffer.concat([tail, content]).subarray(-TAIL));
  try {
    for await (const chunk of stream) {
      if (isTerminal) {
        keep(chunk as Buffer);
        continue;
      }
      pending = Buffer.concat([pending, chunk as Buffer]);
      while (pending.length >= HEADER && pending.length >= HEADER + pending.readUInt32BE(4)) {
        const end = HEADER + pending.readUInt32BE(4);
        keep(pending.subarray(HEADER, end));
        pending = pending.subarray(end);
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
  signal.throwIfAborted();
  return tail.toString();
}
