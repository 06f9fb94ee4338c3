import assert from "node:assert/strict";
import { readMessages } from "../../lib/engine/answer_stream.ts";

const TEXT = '{"a":"ä€𝄞"}\n\n \r\n{"b":[1,2]}\r\n{"c":"x\\n"}';
const MESSAGES = [{ a: "ä€𝄞" }, { b: [1, 2] }, { c: "x\n" }];

Deno.test("messages are read wherever the bytes that they come in are cut", async () => {
  const bytes = new TextEncoder().encode(TEXT);
  for (let size = 1; size <= bytes.length; size++) {
    const chunks = Array.from(
      { length: Math.ceil(bytes.length / size) },
      (_, nth) => bytes.subarray(nth * size, (nth + 1) * size),
    );
    assert.deepEqual(
      await Array.fromAsync(readMessages(stream(chunks))),
      MESSAGES,
      `${size} bytes at a time`,
    );
  }
  assert.deepEqual(await Array.fromAsync(readMessages(stream([]))), []);
});

Deno.test("a message that is cut off is an error, after those that came before it", async () => {
  const messages = readMessages(stream([new TextEncoder().encode('{"a":1}\n{"b"')]));
  assert.deepEqual((await messages.next()).value, { a: 1 });
  await assert.rejects(messages.next(), SyntaxError);
});

async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
