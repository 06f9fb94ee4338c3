/**
 * A Docker Engine behind a socket that runs nothing: it keeps every request, remembers what it is told to create, and answers for that as
 * the real one would. Every image is there; hardware, host paths and ports are never missing.
 */
import type { RecordedRequest } from "./engine_proxy.ts";
import { RecordedState, type RecordingOptions, ROUTES } from "./recording_routes.ts";

export interface RecordingEngine {
  /** As `DOCKER_HOST` takes it. */
  readonly dockerHost: string;
  /** In the order of their arrival. */
  readonly requests: readonly RecordedRequest[];
  close(): Promise<void>;
}

export function startRecordingEngine(
  options: RecordingOptions & { readonly socket: string },
): RecordingEngine {
  const state = new RecordedState(options);
  const requests: RecordedRequest[] = [];
  const followers = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const server = Deno.serve({ path: options.socket, onListen: () => {} }, async (request) => {
    const { pathname, search } = new URL(request.url);
    const path = decodeURIComponent(pathname).replace(/^\/v[\d.]+(?=\/)/, "");
    const body = await request.text();
    requests.push({ method: request.method, path: `${path}${search}`, body });
    if (path === "/events") return silence(followers);
    const found = ROUTES.find(([method, pattern]) => method === request.method && pattern.test(path));
    if (found === undefined) {
      return Response.json({ message: `not recorded: ${request.method} ${path}` }, { status: 501 });
    }
    const [, pattern, answer] = found;
    const query = new URLSearchParams(search);
    return answer(state, { key: pattern.exec(path)![1] ?? "", query, body });
  });
  const close = () => {
    for (const follower of followers) follower.close();
    return server.shutdown();
  };
  return { dockerHost: `unix://${options.socket}`, requests, close };
}

/** Nothing happens on this engine but what it is told to do, and of that it says nothing. */
function silence(followers: Set<ReadableStreamDefaultController<Uint8Array>>): Response {
  let own: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      followers.add(own = controller);
      // The headers are sent with the first byte.
      controller.enqueue(new TextEncoder().encode("\n"));
    },
    cancel: () => void followers.delete(own),
  });
  return new Response(body);
}
