/** Answers that come bit by bit. */

/** Bytes that are read at once. */
const CHUNK = 16 * 1024;

/**
 * What comes, as it comes. Whoever stops to read breaks the answer off, as does the signal: by itself an answer that is read for long does
 * not hear of it, since Deno lets go of what would tell it.
 */
export async function* readChunks(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = body.getReader({ mode: "byob" });
  const breakOff = () => reader.cancel().catch(() => {});
  signal.addEventListener("abort", breakOff);
  try {
    for (;;) {
      signal.throwIfAborted();
      const { value, done } = await reader.read(new Uint8Array(CHUNK));
      signal.throwIfAborted();
      if (done) return;
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", breakOff);
    await breakOff();
  }
}

/** Messages, each a line of JSON. */
export async function* readMessages<T>(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<T, void, void> {
  const decoder = new TextDecoder();
  let begun = "";
  for await (const chunk of chunks) {
    const lines = (begun + decoder.decode(chunk, { stream: true })).split("\n");
    begun = lines.pop()!;
    for (const line of lines) {
      if (line.trim() !== "") yield JSON.parse(line) as T;
    }
  }
  const last = begun + decoder.decode();
  if (last.trim() !== "") yield JSON.parse(last) as T;
}
