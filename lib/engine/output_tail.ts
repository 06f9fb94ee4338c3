import { Buffer } from "node:buffer";

/** Bytes that are kept. */
const TAIL = 4096;
const HEADER = 8;

/**
 * The engine sends both streams of a container as frames: eight bytes, of which the last four are the length of what follows. A terminal
 * has one stream, which comes as it is.
 */
export async function readTail(
  stream: AsyncIterable<Uint8Array>,
  { isTerminal = false }: { readonly isTerminal?: boolean } = {},
): Promise<string> {
  let pending = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  const keep = (content: Uint8Array) => void (tail = Buffer.concat([tail, content]).subarray(-TAIL));
  for await (const chunk of stream) {
    if (isTerminal) {
      keep(chunk);
      continue;
    }
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= HEADER && pending.length >= HEADER + pending.readUInt32BE(4)) {
      const end = HEADER + pending.readUInt32BE(4);
      keep(pending.subarray(HEADER, end));
      pending = pending.subarray(end);
    }
  }
  return tail.toString();
}
