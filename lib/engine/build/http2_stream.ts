/** One request and its answer on an HTTP/2 connection. */
import { encodeHeaders, type Header } from "./hpack.ts";
import { DEFAULT_FRAME_SIZE, encodeNumber, FLAG, FRAME } from "./http2_frames.ts";
import { SendWindow } from "./send_window.ts";

const CANCEL = 8;

export interface StreamLink {
  readonly send: (type: number, flags: number, payload: Uint8Array) => Promise<void> | undefined;
  /** Takes a part of what the connection may send. */
  readonly takeWindow: (wanted: number) => Promise<number>;
  readonly onEnd: () => void;
}

export class Http2Stream implements AsyncIterable<Uint8Array> {
  readonly id: number;
  readonly window: SendWindow;
  readonly #link: StreamLink;
  /** All that came, the trailers in the end included. */
  readonly headers: Map<string, readonly string[]> = new Map();
  readonly #chunks: Uint8Array[] = [];
  #isComplete = false;
  #isSent = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(id: number, window: number, link: StreamLink) {
    this.id = id;
    this.window = new SendWindow(window);
    this.#link = link;
  }

  header(name: string): string | undefined {
    return this.headers.get(name)?.[0];
  }

  sendHeaders(headers: readonly Header[], { isLast = false } = {}): void {
    if (this.#failure !== undefined || this.#isSent) return;
    const flags = FLAG.endHeaders | (isLast ? FLAG.endStream : 0);
    this.#link.send(FRAME.headers, flags, encodeHeaders(headers));
    if (isLast) this.#finish();
  }

  /** Waits for the other side to take it. */
  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const room = await this.window.take(Math.min(bytes.length - at, DEFAULT_FRAME_SIZE));
      const taken = await this.#link.takeWindow(room);
      // The connection had less room than the stream, whose own is not used up.
      this.window.add(room - taken);
      if (this.#failure !== undefined) throw this.#failure;
      await this.#link.send(FRAME.data, 0, bytes.subarray(at, at + taken));
      at += taken;
    }
  }

  end(): void {
    if (this.#failure !== undefined || this.#isSent) return;
    this.#link.send(FRAME.data, FLAG.endStream, new Uint8Array());
    this.#finish();
  }

  cancel(): void {
    if (this.#failure !== undefined) return;
    this.#link.send(FRAME.resetStream, 0, encodeNumber(CANCEL));
    this.fail(new Error("the request was cancelled"));
  }

  fail(reason: Error): void {
    this.#failure ??= reason;
    this.window.fail(reason);
    this.#link.onEnd();
    this.#wake?.();
  }

  receiveHeaders(headers: readonly Header[]): void {
    for (const [name, value] of headers) this.headers.set(name, [...this.headers.get(name) ?? [], value]);
    this.#wake?.();
  }

  receiveData(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#chunks.push(bytes);
    this.#wake?.();
  }

  receiveEnd(): void {
    this.#isComplete = true;
    if (this.#isSent) this.#link.onEnd();
    this.#wake?.();
  }

  /** What comes, until the other side has said all. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) yield chunk;
      else if (this.#isComplete) return;
      else if (this.#failure !== undefined) throw this.#failure;
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  #finish(): void {
    this.#isSent = true;
    if (this.#isComplete) this.#link.onEnd();
  }
}
