/** Git's index, version 2: what was checked out, and how each file looked on disk right after. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { CommitFile, FileMode } from "./commit_tree.ts";

/** What tells, without reading it, that a file is still as it was. */
export interface FileStat {
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** Milliseconds since 1970. */
  readonly changed: number;
  readonly device: number;
  readonly inode: number;
  readonly mode: number;
  readonly user: number;
  readonly group: number;
  readonly size: number;
}

export interface IndexEntry extends CommitFile {
  /** Absent where the file on disk is not known to hold this content. */
  readonly stat?: FileStat;
}

export interface Index {
  readonly entries: readonly IndexEntry[];
  /** SHA-1 of the whole, as it stands at its end. */
  readonly checksum: string;
}

const SIGNATURE = "DIRC";
const VERSION = 2;
const HEADER = 12;
const FIXED = 62;
const CHECKSUM = 20;
const LONGEST_COUNTED_NAME = 0xfff;
const NAME_LENGTH = 0xfff;
const STAGE = 0x3000;

export function encodeIndex(
  entries: readonly IndexEntry[],
): { readonly bytes: Uint8Array; readonly checksum: string } {
  const named = entries.map((entry) => ({ entry, name: Buffer.from(entry.path, "utf8") }));
  named.sort((a, b) => Buffer.compare(a.name, b.name));
  const header = Buffer.alloc(HEADER);
  header.write(SIGNATURE, 0, "latin1");
  header.writeUInt32BE(VERSION, 4);
  header.writeUInt32BE(named.length, 8);
  const body = Buffer.concat([header, ...named.map(({ entry, name }) => encodeEntry(entry, name))]);
  const checksum = createHash("sha1").update(body).digest();
  return { bytes: Buffer.concat([body, checksum]), checksum: checksum.toString("hex") };
}

/** `undefined` for what is damaged, or written in a later version by another program. */
export function decodeIndex(bytes: Uint8Array): Index | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < HEADER + CHECKSUM || buffer.toString("latin1", 0, 4) !== SIGNATURE) return undefined;
  if (buffer.readUInt32BE(4) !== VERSION) return undefined;
  const end = buffer.length - CHECKSUM;
  const checksum = createHash("sha1").update(buffer.subarray(0, end)).digest("hex");
  if (buffer.toString("hex", end) !== checksum) return undefined;
  const entries: IndexEntry[] = [];
  let at = HEADER;
  for (let left = buffer.readUInt32BE(8); left > 0; left--) {
    const nameEnd = buffer.indexOf(0, at + FIXED);
    if (nameEnd < 0 || nameEnd > end) return undefined;
    entries.push(decodeEntry(buffer, at, nameEnd));
    at += paddedLength(nameEnd - at - FIXED);
  }
  return { entries, checksum };
}

/** Names end with one to eight NULs, so that each entry's length is a multiple of eight. */
function paddedLength(nameLength: number): number {
  return Math.ceil((FIXED + nameLength + 1) / 8) * 8;
}

function encodeEntry(entry: IndexEntry, name: Buffer): Buffer {
  const buffer = Buffer.alloc(paddedLength(name.length));
  const { stat } = entry;
  const words = stat === undefined ? [0, 0, 0, 0, 0, 0] : [
    ...secondsAndNanoseconds(stat.changed),
    ...secondsAndNanoseconds(stat.modified),
    stat.device,
    stat.inode,
  ];
  words.push(parseInt(entry.mode, 8), stat?.user ?? 0, stat?.group ?? 0, stat?.size ?? 0);
  words.forEach((word, index) => buffer.writeUInt32BE(word >>> 0, index * 4));
  buffer.write(entry.oid, 40, "hex");
  buffer.writeUInt16BE(Math.min(name.length, LONGEST_COUNTED_NAME), 60);
  name.copy(buffer, FIXED);
  return buffer;
}

function decodeEntry(buffer: Buffer, at: number, nameEnd: number): IndexEntry {
  const word = (index: number) => buffer.readUInt32BE(at + index * 4);
  const flags = buffer.readUInt16BE(at + 60);
  const mode = word(6);
  const entry = {
    path: buffer.toString("utf8", at + FIXED, nameEnd),
    oid: buffer.toString("hex", at + 40, at + 60),
    mode: mode.toString(8) as FileMode,
  };
  const modified = milliseconds(word(2), word(3));
  // Another program's merge conflict, or an entry that was written before its file was.
  if (modified === 0 || (flags & STAGE) !== 0 || (flags & ~NAME_LENGTH & ~STAGE) !== 0) return entry;
  return {
    ...entry,
    stat: {
      modified,
      changed: milliseconds(word(0), word(1)),
      device: word(4),
      inode: word(5),
      mode,
      user: word(7),
      group: word(8),
      size: word(9),
    },
  };
}

function secondsAndNanoseconds(time: number): [number, number] {
  return [Math.floor(time / 1000), Math.round(time % 1000) * 1_000_000];
}

function milliseconds(seconds: number, nanoseconds: number): number {
  return seconds * 1000 + Math.floor(nanoseconds / 1_000_000);
}
