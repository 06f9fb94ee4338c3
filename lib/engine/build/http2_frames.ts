/** Frames of HTTP/2 (RFC 9113). */
import { Buffer } from "node:buffer";

export const FRAME = {
  data: 0,
  headers: 1,
  resetStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const FLAG = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

export const SETTING = { initialWindowSize: 4, maxFrameSize: 5 } as const;

export const DEFAULT_WINDOW = 65_535;
export const DEFAULT_FRAME_SIZE = 16_384;

const HEADER_LENGTH = 9;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export function encodeFrame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const frame = Buffer.alloc(HEADER_LENGTH + payload.length);
  frame.writeUIntBE(payload.length, 0, 3);
  frame.writeUInt8(type, 3);
  frame.writeUInt8(flags, 4);
  frame.writeUInt32BE(stream, 5);
  frame.set(payload, HEADER_LENGTH);
  return frame;
}

/** Cuts what comes into frames. */
export class FrameReader {
  #rest = Buffer.alloc(0);

  add(chunk: Uint8Array): void {
    this.#rest = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk]);
  }

  /** What is in front of the frames: a client's greeting. */
  skip(length: number): boolean {
    if (this.#rest.length < length) return false;
    this.#rest = this.#rest.subarray(length);
    return true;
  }

  next(): Frame | undefined {
    if (this.#rest.length < HEADER_LENGTH) return undefined;
    const length = this.#rest.readUIntBE(0, 3);
    if (length > DEFAULT_FRAME_SIZE) {
      throw new Error(`a frame of ${length} bytes came, and nobody allowed it`);
    }
    if (this.#rest.length < HEADER_LENGTH + length) return undefined;
    const frame = {
      type: this.#rest.readUInt8(3),
      flags: this.#rest.readUInt8(4),
      stream: this.#rest.readUInt32BE(5) & 0x7fffffff,
      payload: this.#rest.subarray(HEADER_LENGTH, HEADER_LENGTH + length),
    };
    this.#rest = this.#rest.subarray(HEADER_LENGTH + length);
    return frame;
  }
}

/** Without the padding and the priority that a frame may carry. */
export function contentOf({ type, flags, payload }: Frame): Buffer {
  const isPadded = (flags & FLAG.padded) !== 0;
  const padding = isPadded ? payload.readUInt8(0) : 0;
  const priority = type === FRAME.headers && (flags & FLAG.priority) !== 0 ? 5 : 0;
  return payload.subarray((isPadded ? 1 : 0) + priority, payload.length - padding);
}

export function settingsOf({ payload }: Frame): ReadonlyMap<number, number> {
  const settings = new Map<number, number>();
  for (let at = 0; at + 6 <= payload.length; at += 6) {
    settings.set(payload.readUInt16BE(at), payload.readUInt32BE(at + 2));
  }
  return settings;
}

export function encodeNumber(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
