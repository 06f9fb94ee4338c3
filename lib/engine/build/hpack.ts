/** HPACK (RFC 7541): the compressed headers of HTTP/2. What is sent is plain; what comes is read in every form. */
import { STATIC_TABLE, SYMBOLS_BY_CODE } from "./hpack_tables.ts";

export type Header = readonly [name: string, value: string];

const DEFAULT_TABLE_SIZE = 4096;
/** What an entry of the table counts besides its texts. */
const ENTRY_OVERHEAD = 32;
const LONGEST_CODE = 30;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Literals without Huffman codes, none of which enters the receiver's table. */
export function encodeHeaders(headers: readonly Header[]): Uint8Array {
  const bytes: number[] = [];
  for (const [name, value] of headers) {
    bytes.push(0);
    for (const text of [name, value]) {
      const encoded = encoder.encode(text);
      pushInteger(bytes, encoded.length, 7);
      for (const byte of encoded) bytes.push(byte);
    }
  }
  return Uint8Array.from(bytes);
}

function pushInteger(bytes: number[], value: number, prefixBits: number): void {
  const limit = 2 ** prefixBits - 1;
  if (value < limit) return void bytes.push(value);
  bytes.push(limit);
  let rest = value - limit;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push(rest % 128 + 128);
  bytes.push(rest);
}

/** Reads header blocks, one after the other: each may refer to what those before it held. */
export class HeaderDecoder {
  #entries: Header[] = [];
  #size = 0;
  #limit = DEFAULT_TABLE_SIZE;

  decode(block: Uint8Array): Header[] {
    const reader = new BlockReader(block);
    const headers: Header[] = [];
    while (!reader.isAtEnd) {
      const first = reader.peek();
      if (first >= 0x80) {
        headers.push(this.#entry(reader.integer(7)));
      } else if (first >= 0x40) {
        const header = this.#literal(reader, 6);
        this.#add(header);
        headers.push(header);
      } else if (first >= 0x20) {
        this.#limit = reader.integer(5);
        this.#evict();
      } else {
        headers.push(this.#literal(reader, 4));
      }
    }
    return headers;
  }

  #literal(reader: BlockReader, prefixBits: number): Header {
    const index = reader.integer(prefixBits);
    const name = index === 0 ? reader.text() : this.#entry(index)[0];
    return [name, reader.text()];
  }

  #entry(index: number): Header {
    const entry = index <= STATIC_TABLE.length
      ? STATIC_TABLE[index - 1]
      : this.#entries[index - STATIC_TABLE.length - 1];
    if (entry === undefined) {
      throw new Error(`the engine's headers refer to entry ${index}, which is not there`);
    }
    return entry;
  }

  #add(header: Header): void {
    this.#entries.unshift(header);
    this.#size += sizeOf(header);
    this.#evict();
  }

  #evict(): void {
    while (this.#size > this.#limit) this.#size -= sizeOf(this.#entries.pop()!);
  }
}

function sizeOf([name, value]: Header): number {
  return name.length + value.length + ENTRY_OVERHEAD;
}

class BlockReader {
  readonly #block: Uint8Array;
  #at = 0;

  constructor(block: Uint8Array) {
    this.#block = block;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#block.length;
  }

  peek(): number {
    return this.#block[this.#at]!;
  }

  integer(prefixBits: number): number {
    const limit = 2 ** prefixBits - 1;
    let value = this.#byte() & limit;
    if (value < limit) return value;
    for (let factor = 1;; factor *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    const isHuffman = this.peek() >= 0x80;
    const length = this.integer(7);
    const bytes = this.#block.subarray(this.#at, this.#at + length);
    if (bytes.length < length) throw brokenOff();
    this.#at += length;
    return decoder.decode(isHuffman ? decodeHuffman(bytes) : bytes);
  }

  #byte(): number {
    const byte = this.#block[this.#at++];
    if (byte === undefined) throw brokenOff();
    return byte;
  }
}

function brokenOff(): Error {
  return new Error("the engine's headers break off");
}

/** A code is looked up with a leading 1, so that 0 and 00 differ. What is left in the end is padding. */
function decodeHuffman(bytes: Uint8Array): Uint8Array {
  const symbols: number[] = [];
  let code = 1;
  let length = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      code = code * 2 + ((byte >> bit) & 1);
      const symbol = SYMBOLS_BY_CODE.get(code);
      if (symbol !== undefined) {
        symbols.push(symbol);
        code = 1;
        length = 0;
      } else if (++length > LONGEST_CODE) {
        throw new Error("the engine's headers hold an unknown code");
      }
    }
  }
  return Uint8Array.from(symbols);
}
