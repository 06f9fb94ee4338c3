import assert from "node:assert/strict";
import { tarArchive } from "../../lib/engine/tar.ts";

const FILE = {
  path: "/run/secrets/key",
  content: new TextEncoder().encode("hello"),
  mode: 0o440,
  uid: 1000,
  gid: 100,
};

Deno.test("the header holds path, mode, owner, size and a checksum over itself", () => {
  const archive = tarArchive(FILE);
  assert.equal(archive.length, 512 + 512 + 1024);
  assert.equal(text(archive, 0, 100), "/run/secrets/key");
  assert.deepEqual([100, 108, 116].map((at) => text(archive, at, 8)), ["0000440", "0001750", "0000144"]);
  assert.equal(text(archive, 124, 12), "00000000005");
  assert.equal(text(archive, 257, 8), "ustar");
  assert.equal(text(archive, 512, 512), "hello");
  assert.equal(Number.parseInt(text(archive, 148, 8), 8), checksum(archive.subarray(0, 512)));
});

Deno.test("content is padded to whole blocks, and none is no block", () => {
  const sizeOf = (length: number) => tarArchive({ ...FILE, content: new Uint8Array(length) }).length;
  assert.deepEqual([0, 1, 512, 513].map(sizeOf), [1536, 2048, 2048, 2560]);
});

Deno.test("a long path and a large owner go into an extended header", () => {
  const path = `/${"d".repeat(60)}/${"ü".repeat(60)}`;
  const archive = tarArchive({ ...FILE, path, uid: 3_000_000_000 });
  assert.equal(text(archive, 156, 1), "x");
  const records = text(archive, 512, 512);
  const length = new TextEncoder().encode(` path=${path}\n`).length + 3;
  assert.equal(records, `${length} path=${path}\n18 uid=3000000000\n`);
  assert.equal(Number.parseInt(text(archive, 148, 8), 8), checksum(archive.subarray(0, 512)));
  assert.equal(text(archive, 1024 + 156, 1), "0");
});

Deno.test("the length of a record counts the digits that it takes itself", () => {
  for (let extra = 80; extra < 110; extra++) {
    const path = "p".repeat(extra + 10);
    const archive = tarArchive({ ...FILE, path, uid: 3_000_000 });
    const records = text(archive, 512, 512);
    let at = 0;
    while (at < records.length) {
      const length = Number.parseInt(records.slice(at), 10);
      assert.equal(records[at + length - 1], "\n", `${extra}`);
      at += length;
    }
    assert.equal(at, records.length);
  }
});

function text(bytes: Uint8Array, offset: number, length: number): string {
  return new TextDecoder().decode(bytes.subarray(offset, offset + length)).replace(/\0[\s\S]*$/, "");
}

/** The sum of all bytes, with blanks in place of the checksum itself. */
function checksum(header: Uint8Array): number {
  return header.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 32 : byte), 0);
}
