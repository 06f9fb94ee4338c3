/** Answers that end too early, or are none. */
import assert from "node:assert/strict";
import { EngineConnection } from "../../lib/engine/connection.ts";
import { RequestError, UnreachableError } from "../../lib/engine/request_error.ts";

const OK = "HTTP/1.1 200 OK\r\nApi-Version: 1.45\r\n";
const PING = `${OK}Content-Length: 2\r\n\r\nOK`;

const SPOILT: readonly [string, string][] = [
  ["with fewer bytes than it has announced", `${OK}Content-Length: 100\r\n\r\n[{"Id":`],
  ["between two chunks", `${OK}Transfer-Encoding: chunked\r\n\r\n4\r\n[{"I\r\n`],
  ["within a chunk", `${OK}Transfer-Encoding: chunked\r\n\r\n40\r\n[{"I`],
  ["without a word about its length", `${OK}\r\n[{"Id":`],
  ["within its head", "HTTP/1.1 200 OK\r\nApi-Ver"],
  ["within an error", 'HTTP/1.1 500 No\r\nContent-Length: 100\r\n\r\n{"mess'],
];

Deno.test("an answer that ends too early is an engine that went away, and never waited for", async () => {
  for (const [where, answer] of SPOILT) {
    await withAnswer(answer, async (connection) => {
      const request = connection.request({
        method: "GET",
        path: "/containers/json",
        signal: new AbortController().signal,
      });
      await assert.rejects(request, UnreachableError, where);
    });
  }
});

Deno.test("an empty answer, a refusal and an answer that is aborted are what they are", async () => {
  const request = { method: "POST", path: "/containers/1/start" } as const;
  const controller = new AbortController();
  const { signal } = controller;
  await withAnswer("HTTP/1.1 204 No Content\r\n\r\n", async (connection) => {
    assert.equal(await connection.request({ ...request, signal }), undefined);
  });
  const refusal = JSON.stringify({ message: "no such container" });
  await withAnswer(
    `HTTP/1.1 404 No\r\nContent-Length: ${refusal.length}\r\n\r\n${refusal}`,
    async (connection) => {
      await assert.rejects(
        connection.request({ ...request, signal }),
        new RequestError(404, "no such container"),
      );
    },
  );
  await withAnswer(`${OK}Content-Length: 100\r\n\r\n[`, async (connection) => {
    const reason = new Error("enough");
    const answer = connection.request({ ...request, signal });
    setTimeout(() => controller.abort(reason), 50);
    await assert.rejects(answer, reason);
  }, { staysOpen: true });
});

/** A server that answers a ping well, and everything else with these bytes. */
async function withAnswer(
  answer: string,
  body: (connection: EngineConnection) => Promise<void>,
  { staysOpen = false } = {},
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "homeport-connection-" });
  const path = `${folder}/engine.sock`;
  const listener = Deno.listen({ transport: "unix", path });
  const open: Deno.Conn[] = [];
  const serving = (async () => {
    for await (const client of listener) {
      const chunk = new Uint8Array(4096);
      const length = await client.read(chunk) ?? 0;
      const isPing = new TextDecoder().decode(chunk.subarray(0, length)).includes("/_ping ");
      await client.write(new TextEncoder().encode(isPing ? PING : answer));
      if (staysOpen) open.push(client);
      else client.close();
    }
  })();
  const connection = new EngineConnection({ kind: "unix", path });
  try {
    await body(connection);
  } finally {
    connection.close();
    for (const client of open) client.close();
    listener.close();
    await serving.catch(() => {});
    await Deno.remove(folder, { recursive: true });
  }
}
