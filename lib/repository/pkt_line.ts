/** Git's framing: four hex digits of length, then the payload; `0000` ends a section. */
import { Buffer } from "node:buffer";

const LENGTH_DIGITS = 4;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const FLUSH = "0000";

export function pktLine(text: string): string {
  return (encoder.encode(text).length + LENGTH_DIGITS).toString(16).padStart(LENGTH_DIGITS, "0") + text;
}

/** The stream is no sequence of packets, or ends in the middle of one. */
export class BrokenPacketStream extends Error {
  override readonly name = "BrokenPacketStream";
}

/** Reads packets off a stream of bytes. */
export class PacketReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next payload; `flush` at the end of a section; `end` where the stream ends between two packets. */
  async next(): Promise<Uint8Array | "flush" | "end"> {
    if (!(await this.#fill(LENGTH_DIGITS))) {
      if (this.#rest.length === 0) return "end";
      throw new BrokenPacketStream("it ends in the middle of a packet's length");
    }
    const digits = decoder.decode(this.#take(LENGTH_DIGITS));
    if (digits === FLUSH) return "flush";
    const length = /^[0-9a-f]{4}$/i.test(digits) ? parseInt(digits, 16) : 0;
    if (length < LENGTH_DIGITS) {
      throw new BrokenPacketStream(`it has ${JSON.stringify(digits)} for a packet's length`);
    }
    if (!(await this.#fill(length - LENGTH_DIGITS))) {
      throw new BrokenPacketStream("it ends in the middle of a packet");
    }
    return this.#take(length - LENGTH_DIGITS);
  }

  /** As {@linkcode PacketReader.next}, as text without the line's end. */
  async nextLine(): Promise<{ readonly text: string } | "flush" | "end"> {
    const packet = await this.next();
    return typeof packet === "string" ? packet : { text: decoder.decode(packet).replace(/\n$/, "") };
  }

  /** Lets go of the stream. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #fill(length: number): Promise<boolean> {
    const parts = [this.#rest];
    let held = this.#rest.length;
    while (held < length) {
      const { done, value } = await this.#chunks.next();
      if (done === true) break;
      parts.push(value);
      held += value.length;
    }
    if (parts.length > 1) this.#rest = Buffer.concat(parts);
    return held >= length;
  }

  #take(length: number): Uint8Array {
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }
}
