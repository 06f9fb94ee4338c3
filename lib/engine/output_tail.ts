import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";

/** Bytes that are kept. */
export const TAIL = 4096;
const HEADER = 8;

/** The engine sends both streams as frames: eight bytes, of which the last four are the length of what follows. */
export async function readTail(stream: IncomingMessage, signal: AbortSignal): Promise<string> {
  const stop = () => void stream.destroy();
  signal.addEventListener("abort", stop, { once: true });
  let pending = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  try {
    for await (const chunk of stream) {
      pending = Buffer.concat([pending, chunk as Buffer]);
      while (pending.length >= HEADER && pending.length >= HEADER + pending.readUInt32BE(4)) {
        const end = HEADER + pending.readUInt32BE(4);
        tail = Buffer.concat([tail, pending.subarray(HEADER, end)]).subarray(-TAIL);
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
