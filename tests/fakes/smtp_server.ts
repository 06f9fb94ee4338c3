/** A mail server on this machine, with TLS as real ones have it. It keeps what it is told. */
import { fileURLToPath } from "node:url";

export interface SmtpServerOptions {
  readonly tls?: "implicit" | "starttls" | "none";
  /** What EHLO offers beside STARTTLS. */
  readonly offers?: readonly string[];
  /** Takes the place of the usual answer to a command; `close` ends the connection. */
  readonly answer?: (command: string) => string | "close" | undefined;
  readonly password?: string;
  /** Sent along with the answer to STARTTLS, before it is encrypted, as somebody on the way would. */
  readonly injected?: string;
}

const FIXTURES = fileURLToPath(new URL("../fixtures/tls/", import.meta.url));
const CERTIFICATE = {
  cert: Deno.readTextFileSync(`${FIXTURES}localhost.pem`),
  key: Deno.readTextFileSync(`${FIXTURES}localhost.key`),
};
/** Whoever trusts this one trusts the server. */
export const AUTHORITY = Deno.readTextFileSync(`${FIXTURES}ca.pem`);

export class SmtpServer implements AsyncDisposable {
  readonly commands: string[] = [];
  /** As they came, without the dots that were stuffed. */
  readonly mails: string[] = [];
  readonly #options: SmtpServerOptions;
  readonly #outer: Deno.Listener;
  /** What is encrypted after STARTTLS goes on here. */
  readonly #inner: Deno.Listener | undefined;
  readonly #open = new Set<{ close(): void }>();
  readonly #running: Promise<void>[] = [];

  constructor(options: SmtpServerOptions = {}) {
    this.#options = options;
    const { tls = "none" } = options;
    const address = { hostname: "127.0.0.1", port: 0 };
    this.#outer = tls === "implicit" ? Deno.listenTls({ ...address, ...CERTIFICATE }) : Deno.listen(address);
    this.#running.push(this.#accept(this.#outer, (connection) => this.#serve(connection, true)));
    if (tls !== "starttls") return;
    this.#inner = Deno.listenTls({ ...address, ...CERTIFICATE });
    this.#running.push(this.#accept(this.#inner, (connection) => this.#serve(connection, false)));
  }

  get port(): number {
    return (this.#outer.addr as Deno.NetAddr).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#outer.close();
    this.#inner?.close();
    for (const each of this.#open) quietly(() => each.close());
    await Promise.all(this.#running);
  }

  async #accept(listener: Deno.Listener, serve: (connection: Deno.Conn) => Promise<void>): Promise<void> {
    for (;;) {
      let connection: Deno.Conn;
      try {
        connection = await listener.accept();
      } catch (error) {
        if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) return;
        continue;
      }
      this.#open.add(connection);
      const end = () => quietly(() => connection.close());
      this.#running.push(serve(connection).catch(() => {}).then(end));
    }
  }

  async #serve(connection: Deno.Conn, greets: boolean): Promise<void> {
    const { tls = "none", offers = [], answer, password = "hunter2!", injected = "" } = this.#options;
    const say = (text: string) => connection.write(new TextEncoder().encode(text));
    const lines = linesOf(connection);
    const next = async () => (await lines.next()).value ?? "";
    if (greets) await say(answer?.("connect") ?? "220 mail.example.org ESMTP\r\n");
    for (let line = await next(); line !== ""; line = await next()) {
      this.commands.push(line);
      const given = answer?.(line);
      if (given === "close") return;
      if (given !== undefined) await say(given);
      else if (line.startsWith("EHLO")) {
        const all = ["mail.example.org", ...(tls === "starttls" && greets ? ["STARTTLS"] : []), ...offers];
        await say(all.map((each, index) => `250${index === all.length - 1 ? " " : "-"}${each}\r\n`).join(""));
      } else if (line === "STARTTLS") {
        await say(`220 go on\r\n${injected}`);
        return await this.#tunnel(connection);
      } else if (line.startsWith("AUTH PLAIN ")) {
        const [, , sent] = atob(line.slice("AUTH PLAIN ".length)).split("\0");
        await say(sent === password ? "235 welcome\r\n" : "535 5.7.8 wrong password\r\n");
      } else if (line === "AUTH LOGIN") {
        await say("334 VXNlcm5hbWU6\r\n");
        this.commands.push(await next());
        await say("334 UGFzc3dvcmQ6\r\n");
        const sent = atob(await next());
        await say(sent === password ? "235 welcome\r\n" : "535 5.7.8 wrong password\r\n");
      } else if (line === "DATA") {
        await say("354 go on\r\n");
        const mail: string[] = [];
        for (let text = await lines.next(); text.value !== "."; text = await lines.next()) {
          mail.push(String(text.value).replace(/^\./, ""));
        }
        this.mails.push(mail.join("\n"));
        await say(answer?.("mail") ?? "250 queued\r\n");
      } else if (line === "QUIT") return void await say("221 bye\r\n");
      else await say("250 fine\r\n");
    }
  }

  async #tunnel(connection: Deno.Conn): Promise<void> {
    const inner = await Deno.connect({
      hostname: "127.0.0.1",
      port: (this.#inner!.addr as Deno.NetAddr).port,
    });
    this.#open.add(inner);
    await Promise.allSettled([
      connection.readable.pipeTo(inner.writable),
      inner.readable.pipeTo(connection.writable),
    ]);
  }
}

async function* linesOf(connection: Deno.Conn): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(4096);
  let unread = "";
  for (;;) {
    for (let end = unread.indexOf("\r\n"); end !== -1; end = unread.indexOf("\r\n")) {
      const line = unread.slice(0, end);
      unread = unread.slice(end + 2);
      yield line;
    }
    const read = await connection.read(buffer);
    if (read === null) return undefined;
    unread += decoder.decode(buffer.subarray(0, read), { stream: true });
  }
}

function quietly(task: () => void): void {
  try {
    task();
  } catch {
    // The other side was faster.
  }
}
