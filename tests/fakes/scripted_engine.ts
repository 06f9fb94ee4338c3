/** An engine that says what a test puts into its mouth, byte by byte, on any kind of listener. */

const OK = "HTTP/1.1 200 OK\r\nApi-Version: 1.45\r\n";
const PING = `${OK}Content-Length: 2\r\n\r\nOK`;

export interface ScriptedEngineOptions {
  readonly listener: Deno.Listener | Deno.UnixListener | Deno.TlsListener;
  /** What is said to a request, of which the first line is given. A ping is answered well. */
  readonly answer: (line: string) => string;
  /** Otherwise every answer ends with its connection. */
  readonly staysOpen?: boolean;
}

export class ScriptedEngine implements AsyncDisposable {
  /** The requests as they came, as far as one read takes. */
  readonly heard: string[] = [];
  /** Connections that the client has left. */
  left = 0;
  readonly #options: ScriptedEngineOptions;
  readonly #open = new Set<Deno.Conn>();
  readonly #serving: Promise<void>[];

  constructor(options: ScriptedEngineOptions) {
    this.#options = options;
    this.#serving = [this.#accept()];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.listener.close();
    for (const client of this.#open) this.#forget(client);
    await Promise.all(this.#serving);
  }

  async #accept(): Promise<void> {
    for (;;) {
      let client: Deno.Conn;
      try {
        client = await this.#options.listener.accept();
      } catch (error) {
        if (error instanceof Deno.errors.BadResource) return;
        // Who trusts it not goes away in the middle of the greeting.
        continue;
      }
      this.#serving.push(this.#serve(client).catch(() => {}).finally(() => this.#forget(client)));
    }
  }

  async #serve(client: Deno.Conn): Promise<void> {
    this.#open.add(client);
    const chunk = new Uint8Array(4096);
    const request = new TextDecoder().decode(chunk.subarray(0, await client.read(chunk) ?? 0));
    this.heard.push(request);
    const [line = ""] = request.split("\r\n");
    const isPing = line.includes("/_ping ");
    await client.write(new TextEncoder().encode(isPing ? PING : this.#options.answer(line)));
    if (isPing || this.#options.staysOpen !== true) return;
    while (await client.read(chunk) !== null);
    this.left++;
  }

  #forget(client: Deno.Conn): void {
    if (this.#open.delete(client)) client.close();
  }
}
