/** A tar archive of a single file: what the engine takes to put a file into a container. */
export interface TarFile {
  readonly path: string;
  readonly content: Uint8Array;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

const BLOCK = 512;
const REGULAR_FILE = "0";
const EXTENDED_HEADER = "x";
/** What seven octal digits hold. */
const LARGEST_ID = 0o7777777;
const LONGEST_PATH = 100;

export function tarArchive(file: TarFile): Uint8Array<ArrayBuffer> {
  const modified = Math.floor(Date.now() / 1000);
  const entry = [header({ ...file, modified, type: REGULAR_FILE }), padded(file.content)];
  const extended = extendedHeader(file, modified);
  return concatenate([...extended, ...entry, new Uint8Array(2 * BLOCK)]);
}

interface HeaderFields extends TarFile {
  readonly modified: number;
  readonly type: string;
}

/** The layout of POSIX ustar. */
function header({ path, content, mode, uid, gid, modified, type }: HeaderFields): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const write = (offset: number, text: string) => block.set(encode(text), offset);
  block.set(encode(path).subarray(0, LONGEST_PATH), 0);
  write(100, octal(mode & 0o7777, 7));
  write(108, octal(Math.min(uid, LARGEST_ID), 7));
  write(116, octal(Math.min(gid, LARGEST_ID), 7));
  write(124, octal(content.length, 11));
  write(136, octal(modified, 11));
  write(148, " ".repeat(8));
  write(156, type);
  write(257, "ustar\0" + "00");
  const checksum = block.reduce((sum, byte) => sum + byte, 0);
  write(148, `${octal(checksum, 6)}\0 `);
  return block;
}

/** Carries what the fields above are too short for. */
function extendedHeader({ path, uid, gid }: TarFile, modified: number): Uint8Array[] {
  const records = [
    ...(encode(path).length > LONGEST_PATH ? [record("path", path)] : []),
    ...(uid > LARGEST_ID ? [record("uid", String(uid))] : []),
    ...(gid > LARGEST_ID ? [record("gid", String(gid))] : []),
  ];
  if (records.length === 0) return [];
  const content = encode(records.join(""));
  const fields = { path: "PaxHeader", content, mode: 0o644, uid: 0, gid: 0 };
  return [header({ ...fields, modified, type: EXTENDED_HEADER }), padded(content)];
}

/** `<length> <key>=<value>\n`, where the length counts its own digits too. */
function record(key: string, value: string): string {
  const rest = encode(` ${key}=${value}\n`).length;
  let length = rest + String(rest).length;
  if (String(length).length > String(rest).length) length = rest + String(length).length;
  return `${length} ${key}=${value}\n`;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, "0");
}

function padded(content: Uint8Array): Uint8Array {
  const block = new Uint8Array(Math.ceil(content.length / BLOCK) * BLOCK);
  block.set(content);
  return block;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
