/** Messages of an answer that comes bit by bit, each a line of JSON. */
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
