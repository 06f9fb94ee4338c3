import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import { answer, call, callOnce, CODE, GrpcError } from "../../../lib/engine/build/grpc.ts";
import { encodeHeaders, HeaderDecoder } from "../../../lib/engine/build/hpack.ts";
import { Http2Connection } from "../../../lib/engine/build/http2_connection.ts";
import { MessageReader, MessageWriter } from "../../../lib/engine/build/protobuf.ts";

const bytes = (hex: string) => Uint8Array.fromHex(hex.replaceAll(" ", ""));

// RFC 7541, appendix C.4 and C.6: requests with Huffman codes, then answers that fill a table of 256 bytes.
const REQUESTS: readonly [block: string, headers: readonly (readonly [string, string])[]][] = [
  ["8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", [
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/"],
    [":authority", "www.example.com"],
  ]],
  ["8286 84be 5886 a8eb 1064 9cbf", [
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/"],
    [":authority", "www.example.com"],
    ["cache-control", "no-cache"],
  ]],
  ["8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf", [
    [":method", "GET"],
    [":scheme", "https"],
    [":path", "/index.html"],
    [":authority", "www.example.com"],
    ["custom-key", "custom-value"],
  ]],
];

Deno.test("compressed headers are read as the standard's examples say", () => {
  const decoder = new HeaderDecoder();
  for (const [block, headers] of REQUESTS) assert.deepEqual(decoder.decode(bytes(block)), headers);
});

Deno.test("a table that is made smaller forgets its oldest entries", () => {
  const decoder = new HeaderDecoder();
  decoder.decode(bytes("4001 6101 62 4001 6301 64"));
  assert.deepEqual(decoder.decode(bytes("be bf")), [["c", "d"], ["a", "b"]]);
  // Room for one entry of 34.
  assert.deepEqual(decoder.decode(bytes("3f 09 be")), [["c", "d"]]);
  assert.throws(() => decoder.decode(bytes("bf")), /refer to entry 63, which is not there/);
});

Deno.test("headers that break off are an error", () => {
  for (const block of ["40", "4005 61", "3f", "0085 61"]) {
    assert.throws(() => new HeaderDecoder().decode(bytes(block)), /break off/, block);
  }
});

Deno.test("headers are read as they were written", () => {
  const headers = [["a", "b".repeat(300)], ["ünï", "ß"], ["empty", ""]] as const;
  assert.deepEqual(new HeaderDecoder().decode(encodeHeaders(headers)), headers);
});

Deno.test("messages are read as they were written", () => {
  const big = 1_700_000_000_123_456_789n;
  const message = new MessageWriter().number(1, 300).text(2, "ä").map(3, { a: "b", c: "" }).number(4, big)
    .message(5, new Uint8Array()).text(6, "").text(7, "x").text(7, "y").number(8, -1).finish();
  const reader = new MessageReader(message);
  assert.equal(reader.number(1), 300);
  assert.equal(reader.text(2), "ä");
  assert.deepEqual(reader.map(3), { a: "b", c: "" });
  assert.equal(reader.number(4), Number(big));
  assert.ok(reader.has(5) && !reader.has(6));
  assert.deepEqual(reader.all(7).map(String), ["x", "y"]);
  assert.equal(reader.number(8), -1);
  assert.equal(reader.text(9), "");
});

Deno.test("messages that break off, and unknown types of fields, are an error", () => {
  for (
    const [hex, error] of [["0a05 61", /breaks off/], ["08ff", /breaks off/], [
      "0b",
      /unknown type 3/,
    ]] as const
  ) {
    assert.throws(() => new MessageReader(bytes(hex)), error);
  }
  // Fixed fields are passed over.
  assert.equal(new MessageReader(bytes("0d 01020304 11 0102030405060708 1805")).number(3), 5);
});

interface Pair extends Disposable {
  readonly client: Http2Connection;
  readonly server: Http2Connection;
}

/** A client and a server that answers `/echo` with all that it gets, `/refuse` with an error, and `/hang` never. */
function connected(): Pair {
  const [left, right] = pipes();
  const server = new Http2Connection(left, {
    role: "server",
    onStream: (stream) =>
      void answer(stream, {
        "/echo": async ({ messages, send }) => {
          for await (const message of messages) await send(message);
        },
        "/refuse": () => Promise.reject(new GrpcError(CODE.notFound, "nicht da: ü, 100 %")),
        "/hang": () => new Promise(() => {}),
      }, () => {}),
  });
  const client = new Http2Connection(right, { role: "client" });
  return {
    client,
    server,
    [Symbol.dispose]: () => {
      client.close(new Error("done"));
      server.close(new Error("done"));
    },
  };
}

function pipes(): [Duplex, Duplex] {
  const make = (other: () => Duplex): Duplex =>
    new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        other().push(chunk);
        setTimeout(done);
      },
    });
  const left: Duplex = make(() => right);
  const right: Duplex = make(() => left);
  return [left, right];
}

const forever = new AbortController().signal;

Deno.test("a message larger than every window and frame arrives whole, beside others", async () => {
  using pair = connected();
  const large = new Uint8Array(300_000).map((_, index) => index % 251);
  const answers = await Promise.all(
    [large, new Uint8Array([1]), large.subarray(7)].map((each) =>
      callOnce(pair.client, "/echo", each, forever)
    ),
  );
  assert.deepEqual(answers.map(({ length }) => length), [300_000, 1, 299_993]);
  assert.deepEqual(new Uint8Array(answers[0]!), large);
});

Deno.test("a refusal keeps its code and its words", async () => {
  using pair = connected();
  await assert.rejects(callOnce(pair.client, "/refuse", new Uint8Array(), forever), (error: GrpcError) => {
    assert.equal(error.code, CODE.notFound);
    assert.equal(error.message, "nicht da: ü, 100 %");
    return true;
  });
  await assert.rejects(
    callOnce(pair.client, "/unknown", new Uint8Array(), forever),
    /unknown method \/unknown/,
  );
});

Deno.test("an abort ends a call, and a broken connection ends every call", async () => {
  using pair = connected();
  const stop = new AbortController();
  const hanging = callOnce(pair.client, "/hang", new Uint8Array(), stop.signal);
  setTimeout(() => stop.abort(new Error("enough")));
  await assert.rejects(hanging, /enough/);
  const other = Array.fromAsync(call(pair.client, "/hang", new Uint8Array(), forever));
  pair.client.close(new Error("gone"));
  await assert.rejects(other, /gone/);
  await assert.rejects(callOnce(pair.client, "/echo", new Uint8Array(), forever), /gone/);
});
