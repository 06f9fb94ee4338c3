import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import type { GitObject, ObjectType } from "./object_store.ts";
import { writeAll } from "../files/write_all.ts";

const TYPE_NUMBERS: Readonly<Record<ObjectType, number>> = { commit: 1, tree: 2, blob: 3, tag: 4 };
const VERSION = 2;
const HEADER = 12;

/** Writes objects into one pack file, whole and without deltas. The number of objects stands at its front, and is filled in last. */
export class PackWriter implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #count = 0;

  constructor(path: string) {
    this.#path = path;
    this.#file = Deno.openSync(path, { write: true, create: true, truncate: true });
    writeAll(this.#file, header(0));
  }

  add({ type, content }: GitObject): void {
    writeAll(this.#file, objectHeader(TYPE_NUMBERS[type], content.length));
    writeAll(this.#file, deflateSync(content));
    this.#count++;
  }

  finish(): void {
    this.#file.seekSync(0, Deno.SeekMode.Start);
    writeAll(this.#file, header(this.#count));
    this.#file.seekSync(0, Deno.SeekMode.End);
    writeAll(this.#file, createHash("sha1").update(Deno.readFileSync(this.#path)).digest());
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

function header(count: number): Uint8Array {
  const bytes = new Uint8Array(HEADER);
  bytes.set(new TextEncoder().encode("PACK"));
  const view = new DataView(bytes.buffer);
  view.setUint32(4, VERSION);
  view.setUint32(8, count);
  return bytes;
}

/** Three bits of type and the size: four bits of it, then seven a byte, each with a bit that says whether more follow. */
function objectHeader(type: number, size: number): Uint8Array {
  const bytes = [type << 4 | size & 0x0f];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1]! |= 0x80;
    bytes.push(rest & 0x7f);
  }
  return Uint8Array.from(bytes);
}
