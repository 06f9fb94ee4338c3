import assert from "node:assert/strict";
// @ts-types="@types/tar-stream"
import { extract, type Headers } from "tar-stream";
import { tarArchive } from "../../lib/engine/tar.ts";

Deno.test("an archive holds what it was made of", async () => {
  const file = { name: "/run/secrets/key", content: "hello", mode: 0o440, uid: 1000, gid: 100 };
  const [found, ...rest] = await entriesOf(await tarArchive([file]));
  assert.deepEqual(rest, []);
  const { name, mode, uid, gid, content } = found!;
  assert.deepEqual({ name, mode, uid, gid, content }, file);
});

Deno.test("a long path and a large owner are kept", async () => {
  const name = `/${"d".repeat(60)}/${"ü".repeat(60)}`;
  const [found] = await entriesOf(await tarArchive([{ name, uid: 3_000_000_000, gid: 262_144 }]));
  assert.equal(found?.name, name);
  assert.deepEqual([found.pax?.["uid"], found.pax?.["gid"]], ["3000000000", "262144"]);
});

/** `pax`: the extended header, which the package's types do not know. */
type FoundEntry = Headers & { readonly content: string; readonly pax?: Readonly<Record<string, string>> };

async function entriesOf(archive: Uint8Array): Promise<FoundEntry[]> {
  const entries: FoundEntry[] = [];
  const reader = extract();
  reader.end(archive);
  for await (const entry of reader) {
    let content = "";
    for await (const part of entry) content += new TextDecoder().decode(part as Uint8Array);
    entries.push({ ...entry.header, content });
  }
  return entries;
}
