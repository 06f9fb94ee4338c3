/** Which objects a pack holds: its index, version 2. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

const SIGNATURE = 0xff744f63;
const VERSION = 2;
const FANOUT = 8;
const NAMES = FANOUT + 256 * 4;
const OID = 20;

/** Full IDs of the objects whose ID begins so; empty where the index is damaged. */
export function oidsInPack(index: string, prefix: string): string[] {
  const bytes = Deno.readFileSync(index);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < NAMES || buffer.readUInt32BE(0) !== SIGNATURE || buffer.readUInt32BE(4) !== VERSION) {
    return [];
  }
  const first = parseInt(prefix.slice(0, 2), 16);
  const end = buffer.readUInt32BE(FANOUT + first * 4);
  if (NAMES + end * OID > buffer.length) return [];
  const found: string[] = [];
  for (let at = first === 0 ? 0 : buffer.readUInt32BE(FANOUT + (first - 1) * 4); at < end; at++) {
    const oid = buffer.toString("hex", NAMES + at * OID, NAMES + (at + 1) * OID);
    if (oid.startsWith(prefix)) found.push(oid);
  }
  return found;
}

/** A pack and its index end alike: with their own checksum. */
export function isWhole(path: string): boolean {
  const bytes = Deno.readFileSync(path);
  const checksum = createHash("sha1").update(bytes.subarray(0, -OID)).digest("hex");
  return bytes.length > OID && Buffer.from(bytes.subarray(-OID)).toString("hex") === checksum;
}

export function checksumOf(path: string): string {
  return Buffer.from(Deno.readFileSync(path).subarray(-OID)).toString("hex");
}
