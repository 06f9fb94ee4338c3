/** As much of Protocol Buffers as BuildKit's messages need: numbers, texts, bytes, messages within messages, and maps of texts. */
import { Buffer } from "node:buffer";

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

const CONTINUES = 128n;

/** Fields that are empty or 0 are left out, which means the same. */
export class MessageWriter {
  readonly #parts: Uint8Array[] = [];

  number(field: number, value: number | bigint): this {
    if (value === 0 || value === 0n) return this;
    this.#parts.push(varint(field * 8 + VARINT), varint(value));
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    if (value.length > 0) this.message(field, value);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value));
  }

  /** Is there even when it is empty. */
  message(field: number, value: Uint8Array): this {
    this.#parts.push(varint(field * 8 + LENGTH_DELIMITED), varint(value.length), value);
    return this;
  }

  map(field: number, entries: Readonly<Record<string, string>>): this {
    for (const [key, value] of Object.entries(entries)) {
      this.message(field, new MessageWriter().text(1, key).text(2, value).finish());
    }
    return this;
  }

  finish(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}

/** The fields of a message, by their numbers. What is not there is 0 or empty. */
export class MessageReader {
  readonly #fields = new Map<number, (bigint | Buffer)[]>();

  constructor(message: Uint8Array) {
    const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
    for (let at = 0; at < bytes.length;) {
      const tag = readVarint(bytes, at);
      const [field, type] = [Number(tag.value >> 3n), Number(tag.value & 7n)];
      const { value, end } = readValue(bytes, tag.end, type);
      at = end;
      this.#fields.set(field, [...this.#fields.get(field) ?? [], value]);
    }
  }

  number(field: number): number {
    const value = this.#fields.get(field)?.at(-1);
    return typeof value === "bigint" ? Number(BigInt.asIntN(64, value)) : 0;
  }

  bytes(field: number): Buffer {
    return this.all(field).at(-1) ?? Buffer.alloc(0);
  }

  text(field: number): string {
    return this.bytes(field).toString();
  }

  has(field: number): boolean {
    return this.#fields.has(field);
  }

  all(field: number): Buffer[] {
    return (this.#fields.get(field) ?? []).filter((value) => typeof value !== "bigint");
  }

  map(field: number): Record<string, string> {
    return Object.fromEntries(
      this.all(field).map((entry) => {
        const reader = new MessageReader(entry);
        return [reader.text(1), reader.text(2)] as const;
      }),
    );
  }
}

function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  // A negative number takes all of the 64 bits.
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= CONTINUES; rest >>= 7n) bytes.push(Number(rest & 127n) + 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

function readVarint(bytes: Buffer, start: number): { value: bigint; end: number } {
  let value = 0n;
  let shift = 0n;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at]!;
    value |= BigInt(byte & 127) << shift;
    if (byte < 128) return { value, end: at + 1 };
    shift += 7n;
  }
  throw brokenOff();
}

function readValue(bytes: Buffer, start: number, type: number): { value: bigint | Buffer; end: number } {
  if (type === VARINT) return readVarint(bytes, start);
  const { length, begin } = extentOf(bytes, start, type);
  const end = begin + length;
  if (end > bytes.length) throw brokenOff();
  return { value: bytes.subarray(begin, end), end };
}

function extentOf(bytes: Buffer, start: number, type: number): { length: number; begin: number } {
  if (type === FIXED_64) return { length: 8, begin: start };
  if (type === FIXED_32) return { length: 4, begin: start };
  if (type !== LENGTH_DELIMITED) {
    throw new Error(`the engine's message holds a field of the unknown type ${type}`);
  }
  const { value, end } = readVarint(bytes, start);
  return { length: Number(value), begin: end };
}

function brokenOff(): Error {
  return new Error("the engine's message breaks off");
}
