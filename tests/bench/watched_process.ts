/** A program that runs on and on, watched from outside: what it prints, its time on the processor, its memory. Linux only. */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";

export interface Line {
  readonly text: string;
  /** In milliseconds since 1970: when it was read. */
  readonly at: number;
}

/** The kernel counts in these, in milliseconds. */
const TICK = 10;
const LIMIT = 120_000;

export class WatchedProcess implements AsyncDisposable {
  readonly lines: Line[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  #onLine = () => {};

  constructor(command: string, options: Pick<Deno.CommandOptions, "args" | "cwd" | "env">) {
    this.#child = new Deno.Command(command, { ...options, stdin: "null", stdout: "piped", stderr: "inherit" })
      .spawn();
    this.#reading = this.#read();
  }

  /** The first line after the first `after` that fits, as soon as it is there. */
  async until(fits: (text: string) => boolean, after = 0): Promise<Line> {
    const deadline = performance.now() + LIMIT;
    for (let index = after;; index++) {
      while (index >= this.lines.length) await this.#nextLine(deadline);
      const line = this.lines[index]!;
      if (fits(line.text)) return line;
    }
  }

  /** Milliseconds on the processor, with those of the children that ended. */
  processorTime(): number {
    const text = Deno.readTextFileSync(`/proc/${this.#child.pid}/stat`);
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * TICK, 0);
  }

  /** In bytes. */
  memory(): { readonly resident: number; readonly peak: number } {
    const text = Deno.readTextFileSync(`/proc/${this.#child.pid}/status`);
    const bytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(text)![1]) * 1024;
    return { resident: bytes("VmRSS"), peak: bytes("VmHWM") };
  }

  signal(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGTERM");
    } catch {
      // It ended before.
    }
    await this.#child.status;
    await this.#reading;
  }

  async #read(): Promise<void> {
    for await (const text of createInterface({ input: Readable.fromWeb(this.#child.stdout as never) })) {
      this.lines.push({ text, at: Date.now() });
      this.#onLine();
    }
  }

  async #nextLine(deadline: number): Promise<void> {
    const limit = deadline - performance.now();
    const known = this.lines.length;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, limit));
    await Promise.race([new Promise<void>((resolve) => this.#onLine = resolve), late]);
    clearTimeout(timer);
    if (this.lines.length === known) {
      throw new Error(`nothing more came after: ${this.lines.slice(-5).map(({ text }) => text).join("\n")}`);
    }
  }
}
