import assert from "node:assert/strict";
import { formatError, HomeportError } from "../../lib/errors.ts";
import { type HttpRequest, parseJson, request } from "../../lib/http/http_request.ts";
import { type Pace, PassingError, retry } from "../../lib/http/retry.ts";
import { failureOf } from "../failure_of.ts";

const signal = new AbortController().signal;
const PACE: Pace = { timeout: 2000, tries: 4, firstWait: 4, within: 4000 };

interface Server extends AsyncDisposable {
  readonly origin: string;
  readonly asked: string[];
}

/** Answers the first request with the first answer and so on; the last one stays. */
function serve(...answers: readonly (() => Response | Promise<Response>)[]): Server {
  const asked: string[] = [];
  const http = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (incoming) => {
    asked.push(`${incoming.method} ${new URL(incoming.url).pathname} ${await incoming.text()}`.trim());
    return await answers[Math.min(asked.length, answers.length) - 1]!();
  });
  const origin = `http://127.0.0.1:${http.addr.port}`;
  return { origin, asked, [Symbol.asyncDispose]: () => http.shutdown() };
}

function answer(status: number, body = "", headers: Record<string, string> = {}): () => Response {
  return () => new Response(body, { status, headers });
}

for (const status of [429, 500, 502, 503, 504]) {
  Deno.test(`an answer of ${status} is asked for again, with the same body, until it is another`, async () => {
    await using server = serve(answer(status), answer(status), answer(200, "good"));
    const asked: HttpRequest = { url: `${server.origin}/x`, method: "POST", body: "a=b" };
    assert.deepEqual(await request(asked, signal, PACE), { status: 200, text: "good" });
    assert.deepEqual(server.asked, Array(3).fill("POST /x a=b"));
  });
}

for (const status of [200, 204, 400, 401, 403, 404]) {
  Deno.test(`an answer of ${status} is given to who asked, after one request`, async () => {
    await using server = serve(() => new Response(status === 204 ? null : "text", { status }));
    const { status: given } = await request({ url: server.origin }, signal, PACE);
    assert.equal(given, status);
    assert.equal(server.asked.length, 1);
  });
}

Deno.test("a server that keeps failing is asked as often as the pace says, and then named", async () => {
  await using server = serve(answer(503, "s3cret-page"));
  const error = await failureOf(request({ url: `${server.origin}/x` }, signal, PACE));
  assert.equal(server.asked.length, PACE.tries);
  assert.equal(error.message, `${server.origin} failed to answer (HTTP 503)`);
  assert.equal(error.consequence, "retry");
});

Deno.test("Retry-After is waited for when the pace has room for it", async () => {
  await using server = serve(answer(429, "", { "retry-after": "1" }), answer(200, "good"));
  const start = performance.now();
  assert.equal((await request({ url: server.origin }, signal, PACE)).text, "good");
  assert.ok(performance.now() - start >= 990);
});

for (const retryAfter of ["3600", new Date(Date.now() + 3_600_000).toUTCString()]) {
  Deno.test(`Retry-After that the pace has no room for ends it at once: ${/\d+$/.test(retryAfter) ? "seconds" : "a date"}`, async () => {
    await using server = serve(answer(429, "", { "retry-after": retryAfter }), answer(200));
    const error = await failureOf(request({ url: server.origin }, signal, PACE));
    assert.equal(error.message, `${server.origin} is asked too often (HTTP 429)`);
    assert.equal(server.asked.length, 1);
  });
}

Deno.test("Retry-After that says nothing is left aside", async () => {
  await using server = serve(answer(429, "", { "retry-after": "soon" }), answer(200, "good"));
  assert.equal((await request({ url: server.origin }, signal, PACE)).text, "good");
});

Deno.test("a server that does not answer in time is asked again", async () => {
  const late = Promise.withResolvers<Response>();
  await using server = serve(() => late.promise, answer(200, "good"));
  assert.equal((await request({ url: server.origin }, signal, { ...PACE, timeout: 100 })).text, "good");
  assert.equal(server.asked.length, 2);
  late.resolve(new Response());
});

Deno.test("an answer that stops in its middle is asked for again, and then told", async () => {
  const late = Promise.withResolvers<void>();
  const half = () =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("ha")),
        pull: async (controller) => {
          await late.promise;
          controller.close();
        },
      }),
    );
  await using server = serve(half);
  const error = await failureOf(request({ url: server.origin }, signal, { ...PACE, timeout: 50, tries: 2 }));
  assert.equal(error.message, `${server.origin} did not answer within 1 s`);
  assert.equal(server.asked.length, 2);
  late.resolve();
});

Deno.test("all tries together end when the pace's time is up", async () => {
  const start = performance.now();
  const pace = { timeout: 60_000, tries: 100, firstWait: 1, within: 150 };
  const error = await failureOf(retry("the server", () => new Promise(() => {}), signal, pace));
  assert.ok(performance.now() - start < 1000);
  assert.equal(error.consequence, "retry");
});

Deno.test("a port where nobody listens is an error that says so, without the path", async () => {
  const server = serve(answer(200));
  await server[Symbol.asyncDispose]();
  const error = await failureOf(request({ url: `${server.origin}/path` }, signal, PACE));
  assert.match(error.message, /^cannot reach http:\/\/127\.0\.0\.1:\d+: .*[Cc]onnection refused/);
  assert.doesNotMatch(formatError(error), /path/);
  assert.ok(error instanceof PassingError);
});

Deno.test("a host that has no address is an error that says so", async () => {
  const pace = { ...PACE, tries: 1 };
  const error = await failureOf(request({ url: "https://bitwarden.invalid" }, signal, pace));
  assert.match(error.message, /^cannot reach https:\/\/bitwarden\.invalid: dns error: \S/);
});

Deno.test("a server that does not speak TLS is not asked again, and certificates are explained", async () => {
  await using server = serve(answer(200));
  const error = await failureOf(request({ url: server.origin.replace("http:", "https:") }, signal, PACE));
  assert.match(error.message, /^no secure connection to https:\/\/127\.0\.0\.1:\d+: \S/);
  assert.match(error.hint!, /DENO_CERT/);
  assert.equal(error.consequence, "wait");
});

Deno.test("a redirect is not followed, and its target is named", async () => {
  await using target = serve(answer(200));
  await using server = serve(answer(308, "", { location: `${target.origin}/secret-path?key=1` }));
  const asked = { url: server.origin, headers: { authorization: "Bearer x" } };
  const error = await failureOf(request(asked, signal, PACE));
  assert.equal(error.message, `${server.origin} sends requests on to ${target.origin}`);
  assert.equal(error.consequence, "wait");
  assert.deepEqual(target.asked, []);
});

Deno.test("an abort ends the waiting for an answer, also of a library that does not hear it", async () => {
  const late = Promise.withResolvers<Response>();
  await using server = serve(() => late.promise);
  const pace = { timeout: 60_000, tries: 2, firstWait: 1, within: 60_000 };
  const deaf = (abort: AbortSignal) => retry("the server", () => late.promise, abort, pace);
  const asks = [(abort: AbortSignal) => request({ url: server.origin }, abort, pace), deaf];
  for (const ask of asks) {
    const abort = new AbortController();
    const asked = ask(abort.signal);
    setTimeout(() => abort.abort(), 20);
    await assert.rejects(asked, { name: "AbortError" });
  }
  late.resolve(new Response());
});

Deno.test("an abort ends the waiting between two tries", async () => {
  await using server = serve(answer(500));
  const abort = new AbortController();
  const start = performance.now();
  const asked = request({ url: server.origin }, abort.signal, { ...PACE, firstWait: 3000 });
  setTimeout(() => abort.abort(), 50);
  await assert.rejects(asked, { name: "AbortError" });
  assert.ok(performance.now() - start < 1500);
  assert.equal(server.asked.length, 1);
});

Deno.test("a fault that does not pass is not tried again", async () => {
  let tries = 0;
  const attempt = () => Promise.reject(new HomeportError(`try ${++tries}`, { consequence: "wait" }));
  assert.equal((await failureOf(retry("the server", attempt, signal, PACE))).message, "try 1");
});

Deno.test("what is not JSON is an error that does not quote it", () => {
  assert.deepEqual(parseJson({ status: 200, text: '{"a":1}' }, "the server"), { a: 1 });
  assert.throws(() => parseJson({ status: 200, text: "hunter2 {" }, "the server"), (error: unknown) => {
    assert.ok(error instanceof HomeportError && error.cause === undefined);
    assert.equal(error.message, "the server did not answer with JSON");
    return true;
  });
});
