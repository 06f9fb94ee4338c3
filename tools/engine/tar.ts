/** An archive of a few small files, as a Docker Engine imports it. */

export type TarEntry =
  | { readonly kind: "file"; readonly path: string; readonly content: Uint8Array; readonly mode?: number }
  | { readonly kind: "folder"; readonly path: string; readonly mode?: number }
  | { readonly kind: "symlink"; readonly path: string; readonly target: string };

const BLOCK = 512;
const TYPE = { file: "0", symlink: "2", folder: "5" } as const;

export function packTar(entries: readonly TarEntry[]): Uint8Array<ArrayBuffer> {
  const parts = entries.flatMap((entry) =>
    entry.kind === "file" ? [header(entry), padded(entry.content)] : [header(entry)]
  );
  const all = [...parts, new Uint8Array(2 * BLOCK)];
  const archive = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of all) {
    archive.set(part, offset);
    offset += part.length;
  }
  return archive;
}

/** The POSIX ustar header: fields at fixed places, numbers in octal. */
function header(entry: TarEntry): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const write = (offset: number, text: string): void =>
    void new TextEncoder().encodeInto(text, block.subarray(offset));
  const octal = (value: number, width: number): string => value.toString(8).padStart(width, "0");
  write(0, entry.kind === "folder" ? `${entry.path}/` : entry.path);
  write(
    100,
    octal(entry.kind === "symlink" ? 0o777 : entry.mode ?? (entry.kind === "folder" ? 0o755 : 0o644), 7),
  );
  write(108, octal(0, 7));
  write(116, octal(0, 7));
  write(124, octal(entry.kind === "file" ? entry.content.length : 0, 11));
  write(136, octal(0, 11));
  write(156, TYPE[entry.kind]);
  if (entry.kind === "symlink") write(157, entry.target);
  write(257, "ustar\x0000");
  // The checksum counts its own field as blanks.
  write(148, " ".repeat(8));
  write(148, `${octal(block.reduce((sum, byte) => sum + byte, 0), 6)}\x00 `);
  return block;
}

function padded(content: Uint8Array): Uint8Array {
  const block = new Uint8Array(Math.ceil(content.length / BLOCK) * BLOCK);
  block.set(content);
  return block;
}
