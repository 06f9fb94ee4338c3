/**
 * HTTP/2 over a connection that the engine handed over, as either side of it: `node:http2` takes such a connection in some releases of
 * Deno only. No more than gRPC needs: no push, no priorities, and no limit on what comes, which is little.
 */
import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import { asError } from "../../errors.ts";
import { type Header, HeaderDecoder } from "./hpack.ts";
import {
  contentOf,
  DEFAULT_WINDOW,
  encodeFrame,
  encodeNumber,
  FLAG,
  FRAME,
  type Frame,
  FrameReader,
  SETTING,
  settingsOf,
} from "./http2_frames.ts";
import { Http2Stream } from "./http2_stream.ts";
import { SendWindow } from "./send_window.ts";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

export interface Http2Options {
  readonly role: "client" | "server";
  /** What the other side asks for; only as a server. */
  readonly onStream?: (stream: Http2Stream) => void;
}

export class Http2Connection {
  readonly #socket: Duplex;
  readonly #options: Http2Options;
  readonly #streams = new Map<number, Http2Stream>();
  readonly #reader = new FrameReader();
  readonly #decoder = new HeaderDecoder();
  readonly #window = new SendWindow(DEFAULT_WINDOW);
  #streamWindow = DEFAULT_WINDOW;
  #isGreeted: boolean;
  #nextStream = 1;
  /** Of a header block that goes on in the next frame. */
  #headers: { readonly stream: number; readonly endStream: boolean; readonly parts: Buffer[] } | undefined;
  #failure: Error | undefined;
  /** While the socket has no room. */
  #room: PromiseWithResolvers<void> | undefined;

  constructor(socket: Duplex, options: Http2Options) {
    this.#socket = socket;
    this.#options = options;
    this.#isGreeted = options.role === "client";
    socket.on("data", (chunk: Uint8Array) => this.#receive(chunk));
    socket.on("drain", () => this.#goOn());
    socket.on("error", (error: Error) => this.close(error));
    socket.on("close", () => this.close(new Error("the engine closed the connection")));
    if (options.role === "client") socket.write(PREFACE);
    this.#send(FRAME.settings, 0, 0, Buffer.alloc(0));
    socket.resume();
  }

  /** Begins a request; only as a client. */
  open(headers: readonly Header[]): Http2Stream {
    const stream = this.#add(this.#nextStream);
    this.#nextStream += 2;
    stream.sendHeaders(headers);
    return stream;
  }

  /** Ends everything that is under way. */
  close(reason: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = reason;
    for (const stream of this.#streams.values()) stream.fail(reason);
    this.#streams.clear();
    this.#window.fail(reason);
    this.#socket.destroy();
    this.#goOn();
  }

  #add(id: number): Http2Stream {
    const stream = new Http2Stream(id, this.#streamWindow, {
      send: (type, flags, payload) => this.#send(type, flags, id, payload),
      takeWindow: (wanted) => this.#window.take(wanted),
      onEnd: () => this.#streams.delete(id),
    });
    if (this.#failure === undefined) this.#streams.set(id, stream);
    else stream.fail(this.#failure);
    return stream;
  }

  /** Resolves when the socket has room again. */
  #send(type: number, flags: number, stream: number, payload: Uint8Array): Promise<void> | undefined {
    if (this.#failure !== undefined || this.#socket.write(encodeFrame(type, flags, stream, payload))) {
      return undefined;
    }
    this.#room ??= Promise.withResolvers<void>();
    return this.#room.promise;
  }

  #goOn(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  #receive(chunk: Uint8Array): void {
    try {
      this.#reader.add(chunk);
      this.#isGreeted ||= this.#reader.skip(PREFACE.length);
      if (!this.#isGreeted) return;
      for (let frame = this.#reader.next(); frame !== undefined; frame = this.#reader.next()) {
        this.#handle(frame);
      }
    } catch (error) {
      this.close(asError(error));
    }
  }

  #handle(frame: Frame): void {
    switch (frame.type) {
      case FRAME.data:
        return this.#handleData(frame);
      case FRAME.headers:
        this.#headers = {
          stream: frame.stream,
          endStream: (frame.flags & FLAG.endStream) !== 0,
          parts: [contentOf(frame)],
        };
        return this.#handleHeaders(frame);
      case FRAME.continuation:
        this.#headers?.parts.push(frame.payload);
        return this.#handleHeaders(frame);
      case FRAME.resetStream:
        return this.#streams.get(frame.stream)?.fail(
          new Error(`the engine broke a request off (code ${frame.payload.readUInt32BE(0)})`),
        );
      case FRAME.settings:
        return this.#handleSettings(frame);
      case FRAME.ping:
        if ((frame.flags & FLAG.ack) === 0) this.#send(FRAME.ping, FLAG.ack, 0, frame.payload);
        return;
      case FRAME.goAway:
        return this.#handleGoAway(frame);
      case FRAME.windowUpdate: {
        const window = frame.stream === 0 ? this.#window : this.#streams.get(frame.stream)?.window;
        return window?.add(frame.payload.readUInt32BE(0) & 0x7fffffff);
      }
    }
  }

  /** The room that it took is given back at once. */
  #handleData(frame: Frame): void {
    const isLast = (frame.flags & FLAG.endStream) !== 0;
    if (frame.payload.length > 0) {
      const credit = encodeNumber(frame.payload.length);
      this.#send(FRAME.windowUpdate, 0, 0, credit);
      if (!isLast) this.#send(FRAME.windowUpdate, 0, frame.stream, credit);
    }
    const stream = this.#streams.get(frame.stream);
    stream?.receiveData(contentOf(frame));
    if (isLast) stream?.receiveEnd();
  }

  #handleHeaders({ flags }: Frame): void {
    if ((flags & FLAG.endHeaders) === 0 || this.#headers === undefined) return;
    const { stream: id, endStream, parts } = this.#headers;
    this.#headers = undefined;
    const headers = this.#decoder.decode(Buffer.concat(parts));
    const known = this.#streams.get(id);
    const isNew = known === undefined && this.#options.role === "server";
    const stream = isNew ? this.#add(id) : known;
    stream?.receiveHeaders(headers);
    if (endStream) stream?.receiveEnd();
    if (isNew) this.#options.onStream?.(stream!);
  }

  #handleSettings(frame: Frame): void {
    if ((frame.flags & FLAG.ack) !== 0) return;
    const size = settingsOf(frame).get(SETTING.initialWindowSize);
    if (size !== undefined) {
      for (const { window } of this.#streams.values()) window.add(size - this.#streamWindow);
      this.#streamWindow = size;
    }
    this.#send(FRAME.settings, FLAG.ack, 0, Buffer.alloc(0));
  }

  /** Without an error the engine only wants no more requests. */
  #handleGoAway({ payload }: Frame): void {
    const code = payload.readUInt32BE(4);
    if (code !== 0) this.close(new Error(`the engine gave the connection up (code ${code})`));
  }
}
