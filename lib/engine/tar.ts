/** Tar archives in memory: what the engine takes to put a file into a container, or to import an image. */
import { Buffer } from "node:buffer";
// @ts-types="@types/tar-stream"
import { type Headers, pack } from "tar-stream";

export interface TarEntry extends Headers {
  /** Default: nothing. */
  readonly content?: Uint8Array | string;
}

/** What the six octal digits that the package writes can hold; a larger owner goes into an extended header. */
const LARGEST_ID = 0o777777;

export async function tarArchive(entries: readonly TarEntry[]): Promise<Uint8Array<ArrayBuffer>> {
  const archive = pack();
  for (const { content = "", ...header } of entries) {
    archive.entry({ ...header, ...extended(header) }, Buffer.from(content));
  }
  archive.finalize();
  return new Uint8Array(Buffer.concat(await Array.fromAsync(archive as AsyncIterable<Buffer>)));
}

function extended({ uid = 0, gid = 0 }: Headers): { readonly pax?: Record<string, string> } {
  const pax = {
    ...(uid > LARGEST_ID ? { uid: String(uid) } : {}),
    ...(gid > LARGEST_ID ? { gid: String(gid) } : {}),
  };
  return Object.keys(pax).length === 0 ? {} : { pax };
}
