/** A server on this machine that keeps what it is sent, and answers as a test says. */

export interface Recorded {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON. */
  readonly body: unknown;
}

export interface RecordedServer extends AsyncDisposable {
  readonly origin: string;
  readonly requests: Recorded[];
}

/** The first request gets the first answer and so on; the last one stays. */
export function recordedServer(...answers: readonly (() => Response | Promise<Response>)[]): RecordedServer {
  const requests: Recorded[] = [];
  const http = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (incoming) => {
    const { pathname, search } = new URL(incoming.url);
    const { host: _host, accept: _accept, "accept-language": _language, ...headers } = Object.fromEntries(
      incoming.headers,
    );
    delete headers["accept-encoding"];
    delete headers["content-length"];
    delete headers["user-agent"];
    const text = await incoming.text();
    const isJson = headers["content-type"] === "application/json";
    requests.push({
      method: incoming.method,
      path: pathname + search,
      headers,
      body: isJson ? JSON.parse(text) : text,
    });
    const answer = answers[Math.min(requests.length, answers.length) - 1];
    return await answer?.() ?? new Response("ok");
  });
  const origin = `http://127.0.0.1:${http.addr.port}`;
  return { origin, requests, [Symbol.asyncDispose]: () => http.shutdown() };
}
