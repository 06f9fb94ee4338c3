import assert from "node:assert/strict";
import { diskReason, isDiskFull } from "../../lib/files/disk_full.ts";

const withCode = (code: string, message: string) => Object.assign(new Error(message), { code });

const FAILURES: readonly (readonly [error: unknown, isFull: boolean])[] = [
  [thrownBy(() => Deno.writeTextFileSync("/dev/full", "text")), true],
  [withCode("ENOSPC", "in whatever words"), true],
  [withCode("EDQUOT", "in whatever words"), true],
  [new Error("No space left on device (os error 28)"), true],
  [new Error("Disk quota exceeded (os error 122)"), true],
  [new Error("database or disk is full"), true],
  ["No space left on device", true],
  [thrownBy(() => Deno.readTextFileSync("/no/such/file")), false],
  [withCode("EIO", "Input/output error (os error 5)"), false],
  [new Error("disk I/O error"), false],
  [undefined, false],
];

for (const [error, isFull] of FAILURES) {
  Deno.test(`"${error}" is ${isFull ? "" : "not "}a full disk`, () => {
    assert.equal(isDiskFull(error), isFull);
    const message = error instanceof Error ? error.message : String(error);
    assert.equal(diskReason(error), isFull ? "the disk is full" : message);
  });
}

function thrownBy(write: () => void): unknown {
  try {
    write();
  } catch (error) {
    return error;
  }
  throw new Error("it did not fail");
}
