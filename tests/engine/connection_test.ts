/** What is between Homeport and an engine: answers that end too early, or never, or are none; and ways to get there. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import type { EngineAddress } from "../../lib/engine/address.ts";
import { EngineConnection } from "../../lib/engine/connection.ts";
import { RequestError, UnreachableError } from "../../lib/engine/request_error.ts";
import { ScriptedEngine, type ScriptedEngineOptions } from "../fakes/scripted_engine.ts";

const OK = "HTTP/1.1 200 OK\r\nApi-Version: 1.45\r\n";
const LIST = { method: "GET", path: "/containers/json" } as const;
const START = { method: "POST", path: "/containers/1/start" } as const;
const SIGNAL = new AbortController().signal;

const SPOILT: readonly [string, string, code: string | undefined][] = [
  ["with fewer bytes than it has announced", `${OK}Content-Length: 100\r\n\r\n[{"Id":`, "ECONNRESET"],
  ["between two chunks", `${OK}Transfer-Encoding: chunked\r\n\r\n4\r\n[{"I\r\n`, "ECONNRESET"],
  ["within a chunk", `${OK}Transfer-Encoding: chunked\r\n\r\n40\r\n[{"I`, "ECONNRESET"],
  ["without a word about its length", `${OK}\r\n[{"Id":`, undefined],
  ["within its head", "HTTP/1.1 200 OK\r\nApi-Ver", "ECONNRESET"],
  ["within an error", 'HTTP/1.1 500 No\r\nContent-Length: 100\r\n\r\n{"mess', "ECONNRESET"],
  ["before it has begun", "", "ECONNRESET"],
  ["with what is no HTTP", "\0\x07ENOSUCH 7/\r\n}{\r\n\r\n", "HPE_INVALID_CONSTANT"],
];

Deno.test("an answer that ends too early is an engine that went away, never waited for, nor asked again", async () => {
  for (const [where, answer, code] of SPOILT) {
    await withEngine({ answer: () => answer }, async (connection, engine) => {
      await assert.rejects(
        connection.request({ ...START, signal: SIGNAL }),
        (error) => error instanceof UnreachableError && error.code === code,
        where,
      );
      assert.equal(engine.heard.filter((request) => request.startsWith("POST")).length, 1, where);
      const messages = (async () => {
        const stream = await connection.messages({ ...LIST, signal: SIGNAL });
        for await (const _ of stream);
      })();
      await assert.rejects(messages, UnreachableError, where);
    });
  }
});

Deno.test("an empty answer and a refusal are what they are", async () => {
  await withEngine({ answer: () => "HTTP/1.1 204 No Content\r\n\r\n" }, async (connection) => {
    assert.equal(await connection.request({ ...START, signal: SIGNAL }), undefined);
  });
  const refusal = JSON.stringify({ message: "no such container" });
  const answer = `HTTP/1.1 404 No\r\nContent-Length: ${refusal.length}\r\n\r\n${refusal}`;
  await withEngine({ answer: () => answer }, async (connection) => {
    const refused = new RequestError(404, "no such container");
    await assert.rejects(connection.request({ ...START, signal: SIGNAL }), refused);
  });
  await withEngine(
    { answer: () => "HTTP/1.1 301 Moved\r\nLocation: /elsewhere\r\n\r\n" },
    async (connection) => {
      const refused = new RequestError(301, "HTTP status 301");
      await assert.rejects(connection.request({ ...START, signal: SIGNAL }), refused, "it is not followed");
    },
  );
});

/** Answers that never end, and how they are read. */
const ENDLESS: readonly [
  string,
  string,
  (connection: EngineConnection, signal: AbortSignal) => Promise<unknown>,
][] = [
  ["that has not begun", "", (connection, signal) => connection.request({ ...LIST, signal })],
  [
    "as a whole",
    `${OK}Content-Length: 100\r\n\r\n[`,
    (connection, signal) => connection.request({ ...LIST, signal }),
  ],
  ["as it comes", `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n`, async (connection, signal) => {
    for await (const message of await connection.messages({ ...LIST, signal })) assert.deepEqual(message, {});
  }],
  ["that takes all that is sent", "", (connection, signal) => {
    const archive = new ReadableStream<Uint8Array>({ pull: (sink) => sink.enqueue(new Uint8Array(1024)) });
    return connection.request({ method: "POST", path: "/build", archive, signal });
  }],
];

Deno.test("an answer is left at once that is aborted, or whose connection is closed, however much came between", async () => {
  for (const [kind, answer, ask] of ENDLESS) {
    const options = {
      answer: (line: string) => line.includes("/info ") ? `${OK}Content-Length: 2\r\n\r\n{}` : answer,
    };
    await withEngine({ ...options, staysOpen: true }, async (connection, engine) => {
      const [controller, reason] = [new AbortController(), new Error("enough")];
      const aborted = assert.rejects(ask(connection, controller.signal), reason, kind);
      const closed = assert.rejects(ask(connection, SIGNAL), UnreachableError, kind);
      // As much as makes the collector look at what is still in use.
      for (let times = 0; times < 60; times++) {
        await connection.request({ method: "GET", path: "/info", signal: SIGNAL });
        Array.from({ length: 10_000 }, (_, index) => ({ index }));
      }
      controller.abort(reason);
      await aborted;
      connection.close();
      await closed;
      while (engine.left < 62) await new Promise((resolve) => setTimeout(resolve, 5));
    });
  }
});

Deno.test("however many answers are waited for, another one is not kept waiting", async () => {
  const answer = (line: string) => line.includes("/info ") ? `${OK}Content-Length: 2\r\n\r\n{}` : "";
  await withEngine({ answer, staysOpen: true }, async (connection) => {
    const controller = new AbortController();
    const waiting = Array.from(
      { length: 100 },
      () => connection.request({ ...LIST, signal: controller.signal }),
    );
    const ended = Promise.allSettled(waiting);
    assert.deepEqual(await connection.request({ method: "GET", path: "/info", signal: SIGNAL }), {});
    controller.abort();
    await ended;
  });
});

Deno.test("names of any kind reach the engine as they are, and bodies with their kind and length", async () => {
  await withEngine({ answer: () => `${OK}Content-Length: 2\r\n\r\n{}` }, async (connection, engine) => {
    const path = "/networks/a b?c#d%20é:1@x";
    await connection.request({
      method: "POST",
      path,
      query: { q: ["ü", "&"] },
      body: { a: "é" },
      signal: SIGNAL,
    });
    const request = engine.heard.at(-1)!;
    assert.ok(
      request.startsWith(
        "POST http://localhost/v1.45/networks/a%20b%3Fc%23d%2520%C3%A9:1@x?q=%C3%BC&q=%26 HTTP/1.1\r\n",
      ),
      request,
    );
    assert.match(request, /\r\ncontent-type: application\/json\r\n/i);
    assert.match(request, /\r\ncontent-length: 10\r\n/i);
    await connection.request({ ...START, archive: ReadableStream.from([new Uint8Array(3)]), signal: SIGNAL });
    assert.match(engine.heard.at(-1)!, /\r\ncontent-type: application\/x-tar\r\n/i);
    assert.match(engine.heard.at(-1)!, /\r\ntransfer-encoding: chunked\r\n/i);
  });
});

Deno.test("an upload that fails is an error, and no engine that waits for the rest", async () => {
  await withEngine({ answer: () => "", staysOpen: true }, async (connection) => {
    const archive = new ReadableStream<Uint8Array>({ pull: (sink) => sink.error(new Error("cannot read")) });
    await assert.rejects(connection.request({ ...START, archive, signal: SIGNAL }), UnreachableError);
  });
});

const PEM = (name: string) =>
  Deno.readTextFileSync(fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url)));
const [CA, CERT, KEY] = [PEM("ca.pem"), PEM("localhost.pem"), PEM("localhost.key")];

Deno.test("an engine is reached over TCP, with and without TLS, and over TLS only the one that is trusted", async () => {
  const answer = () => `${OK}Content-Length: 2\r\n\r\n[]`;
  const here = { hostname: "127.0.0.1", port: 0 };
  const ask = async (listener: Deno.Listener | Deno.TlsListener, ...all: (string | undefined)[]) => {
    const [host = "127.0.0.1", ca, cert = CERT, key = KEY] = all;
    await using _engine = new ScriptedEngine({ listener, answer });
    const tls = ca === undefined ? undefined : { ca, cert, key };
    const connection = new EngineConnection({
      kind: "tcp",
      host,
      port: (listener.addr as Deno.NetAddr).port,
      tls,
    });
    try {
      return await connection.request({ ...LIST, signal: SIGNAL });
    } catch (error) {
      return (error as UnreachableError).code;
    } finally {
      connection.close();
    }
  };
  const secure = () => Deno.listenTls({ ...here, cert: CERT, key: KEY });
  assert.deepEqual(await ask(Deno.listen(here)), []);
  assert.deepEqual(await ask(Deno.listen(here), "localhost"), []);
  assert.deepEqual(await ask(secure(), "127.0.0.1", CA), []);
  assert.equal(await ask(secure(), "127.0.0.2", CA), "ECONNREFUSED");
  assert.equal(await ask(secure(), "127.0.0.1", CERT), "UNABLE_TO_GET_ISSUER_CERT");
  assert.equal(await ask(secure(), "127.0.0.1", CA, "no certificate"), "ERR_TLS_CERT_UNUSABLE");
  assert.equal(await ask(Deno.listen(here), "127.0.0.1", CA), "EPROTO");
  assert.equal(await ask(secure(), "127.0.0.1"), "HPE_INVALID_CONSTANT");
});

async function withEngine(
  options: Omit<ScriptedEngineOptions, "listener">,
  body: (connection: EngineConnection, engine: ScriptedEngine) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "homeport-connection-" });
  const address: EngineAddress = { kind: "unix", path: `${folder}/engine.sock` };
  const listener = Deno.listen({ transport: "unix", path: address.path });
  const connection = new EngineConnection(address);
  try {
    await using engine = new ScriptedEngine({ listener, ...options });
    await body(connection, engine);
    connection.close();
  } finally {
    connection.close();
    await Deno.remove(folder, { recursive: true });
  }
}
