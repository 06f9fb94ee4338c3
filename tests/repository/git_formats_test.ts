import assert from "node:assert/strict";
import fc from "fast-check";
import { describeCommit, parseTree } from "../../lib/repository/commit_tree.ts";
import { decodeIndex, encodeIndex, type IndexEntry } from "../../lib/repository/git_index.ts";
import { BrokenPacketStream, PacketReader, pktLine } from "../../lib/repository/pkt_line.ts";
import { SEED } from "../seed.ts";

const word = fc.integer({ min: 0, max: 0xffffffff });
const milliseconds = fc.integer({ min: 1, max: 0xffffffff * 1000 });
const entry: fc.Arbitrary<IndexEntry> = fc.record({
  path: fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }).filter((path) => !path.includes("\0")),
  oid: fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => bytes.toHex()),
  mode: fc.constantFrom("100644", "100755", "120000", "160000"),
  stat: fc.record({
    modified: milliseconds,
    changed: milliseconds,
    device: word,
    inode: word,
    mode: fc.constant(0),
    user: word,
    group: word,
    size: word,
  }),
}, { requiredKeys: ["path", "oid", "mode"] });

Deno.test("an index is read as it was written", () => {
  fc.assert(
    fc.property(fc.uniqueArray(entry, { selector: ({ path }) => path }), (entries) => {
      const { bytes, checksum } = encodeIndex(entries);
      const index = decodeIndex(bytes);
      assert.equal(index?.checksum, checksum);
      const byPath = (list: readonly IndexEntry[]) =>
        new Map(
          list.map(({ stat, ...rest }) => [rest.path, { ...rest, stat: stat && { ...stat, mode: 0 } }]),
        );
      assert.deepEqual(byPath(index.entries), byPath(entries));
    }),
    { seed: SEED },
  );
});

Deno.test("an index with any byte changed is not taken for one", () => {
  const { bytes } = encodeIndex([{ path: "a", oid: "4d".repeat(20), mode: "100644" }]);
  for (let at = 0; at < bytes.length; at++) {
    const damaged = Uint8Array.from(bytes);
    damaged[at]! ^= 0x10;
    assert.equal(decodeIndex(damaged), undefined, `byte ${at}`);
  }
});

const COMMITS: readonly [text: string, author: string, subject: string][] = [
  ["author Ada L. <ada@example.org> 1700000000 +0100\n\nAnother image\n\nMore.\n", "Ada L.", "Another image"],
  ["author  <ada@example.org> 1 +0000\n\n\n  First line  \nSecond\n", "ada@example.org", "First line"],
  ["author Ada <a@b> 1 +0000\n\n", "Ada", ""],
  ["author Ada <a@b> 1 +0000\ngpgsig -----BEGIN\n \n author Eve <e@f> 1 +0000\n\nSigned\n", "Ada", "Signed"],
  ["parent 1\n\nauthor Eve <e@f> 1 +0000\n", "", "author Eve <e@f> 1 +0000"],
];

for (const [text, author, subject] of COMMITS) {
  Deno.test(`who made a commit, and what for: ${JSON.stringify(text)}`, async () => {
    const content = new TextEncoder().encode(`tree ${"4d".repeat(20)}\n${text}`);
    const store = { read: () => Promise.resolve({ type: "commit" as const, content }) };
    assert.deepEqual(await describeCommit(store, "c0ffee"), { author, subject });
  });
}

Deno.test("packets are read however the stream is cut into pieces", async () => {
  const stream = new TextEncoder().encode(`${pktLine("# service=x\n")}0000${pktLine("größe")}0000`);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: stream.length })), async (cuts) => {
      const reader = new PacketReader(pieces(stream, cuts));
      const seen = [];
      for (let line = await reader.nextLine(); line !== "end"; line = await reader.nextLine()) {
        seen.push(line === "flush" ? line : line.text);
      }
      assert.deepEqual(seen, ["# service=x", "flush", "größe", "flush"]);
    }),
    { seed: SEED },
  );
});

for (
  const [name, text] of [["no length", "zzzz"], ["a length that is too small", "0003"], [
    "half a packet",
    "0009ab",
  ], ["half a length", "00"]]
) {
  Deno.test(`no stream of packets: ${name}`, async () => {
    await assert.rejects(
      new PacketReader(pieces(new TextEncoder().encode(text), [])).next(),
      BrokenPacketStream,
    );
  });
}

for (const name of ["..", ".", "", ".git", ".GIT", "a/b", "\xff"]) {
  Deno.test(`a tree with the name ${JSON.stringify(name)} is refused`, () => {
    const latin1 = Uint8Array.from(
      `100644 ${name}\0${"x".repeat(20)}`,
      (character) => character.charCodeAt(0),
    );
    assert.throws(
      () => parseTree(latin1, "folder"),
      /Cannot check the repository out: the file name .* in folder is not (allowed|UTF-8)/,
    );
  });
}

async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const bounds = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
  for (let index = 1; index < bounds.length; index++) yield bytes.subarray(bounds[index - 1], bounds[index]);
  await Promise.resolve();
}
