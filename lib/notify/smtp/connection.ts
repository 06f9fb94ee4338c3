/** Lines to and from a mail server. */
import { HomeportError } from "../../errors.ts";
import { PassingError } from "../../http/retry.ts";

/** What a server answered: `250`, and its lines without the code. */
export interface Reply {
  readonly code: number;
  readonly lines: readonly string[];
}

/** No server says so much. */
const LONGEST_REPLY = 65_536;

export class SmtpConnection {
  readonly #server: string;
  #socket: Deno.Conn;
  #unread = "";
  readonly #decoder = new TextDecoder();

  /** @param server For errors, such as `smtp.example.org:587`. */
  constructor(socket: Deno.Conn, server: string) {
    this.#socket = socket;
    this.#server = server;
  }

  get localAddress(): Deno.Addr {
    return this.#socket.localAddr;
  }

  /**
   * Sends a line, and gives the answer to it.
   *
   * @param what For errors: the command, without what is confidential of it.
   * @throws {PassingError} when the server says that it is worth another try.
   */
  async say(line: string, expected: readonly number[], what = line): Promise<Reply> {
    await this.write(`${line}\r\n`);
    return await this.hear(expected, what);
  }

  async hear(expected: readonly number[], what: string): Promise<Reply> {
    const reply = await this.#reply();
    if (expected.includes(reply.code)) return reply;
    const said = reply.lines.join(" ").slice(0, 200);
    const message = `${this.#server} answered ${what} with ${reply.code} ${said}`.trimEnd();
    if (reply.code >= 400 && reply.code < 500) {
      throw new PassingError(message, { hint: "see what the server says" });
    }
    throw new HomeportError(message, {
      hint: reply.code === 535 ? "see that user and password are right" : "see what the server says",
    });
  }

  async write(text: string): Promise<void> {
    const bytes = ENCODER.encode(text);
    for (let sent = 0; sent < bytes.length;) sent += await this.#socket.write(bytes.subarray(sent));
  }

  /** From here on, all is encrypted. What came before must have been asked for: it could be anybody's. */
  async startTls(options: Deno.StartTlsOptions): Promise<void> {
    if (this.#unread !== "") {
      throw new HomeportError(`${this.#server} says more than it was asked before TLS`);
    }
    const socket = await Deno.startTls(this.#socket as Deno.TcpConn, options);
    await socket.handshake();
    this.#socket = socket;
  }

  close(): void {
    try {
      this.#socket.close();
    } catch {
      // The other side was faster.
    }
  }

  async #reply(): Promise<Reply> {
    const lines: string[] = [];
    for (;;) {
      const line = await this.#line();
      const match = /^(\d{3})([ -]?)(.*)$/.exec(line);
      if (match === null) throw new HomeportError(`${this.#server} does not speak SMTP`);
      lines.push(match[3]!);
      if (match[2] !== "-") return { code: Number(match[1]), lines };
      if (lines.length > 200) throw new HomeportError(`${this.#server} answers without an end`);
    }
  }

  async #line(): Promise<string> {
    const buffer = new Uint8Array(4096);
    for (;;) {
      const end = this.#unread.indexOf("\n");
      if (end !== -1) {
        const line = this.#unread.slice(0, end).replace(/\r$/, "");
        this.#unread = this.#unread.slice(end + 1);
        return line;
      }
      if (this.#unread.length > LONGEST_REPLY) {
        throw new HomeportError(`${this.#server} answers without an end`);
      }
      const read = await this.#socket.read(buffer);
      if (read === null) {
        throw new PassingError(`${this.#server} closed the connection`, { hint: "see what the server logs" });
      }
      this.#unread += this.#decoder.decode(buffer.subarray(0, read), { stream: true });
    }
  }
}

const ENCODER = new TextEncoder();
