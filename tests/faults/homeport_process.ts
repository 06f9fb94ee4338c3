/** `homeport run` as a process of its own, with what it says. */
import { join } from "node:path";
import { CLOCK_VARIABLE, CONFIG_VARIABLE } from "./program.ts";
import { until } from "./until.ts";
import type { World } from "./world.ts";

export interface StartOptions {
  /** Default: `run --json --verbose`. */
  readonly args?: readonly string[];
  /** A file with the shift of its wall clock. */
  readonly clock?: string;
}

export interface Said {
  readonly time: string;
  readonly level: string;
  readonly event: string;
  readonly message: string;
  readonly commit?: string;
  readonly triggers?: readonly string[];
  readonly retries?: readonly unknown[];
  readonly outcomes?: readonly { readonly stack: string; readonly result: string }[];
}

const MOST_SAID = 20_000;
const GOOD = ["unchanged", "deployed", "pruned"];

export class HomeportProcess {
  readonly said: Said[] = [];
  /** Lines that are no log entries, such as what a crash prints. */
  readonly noise: string[] = [];
  readonly pid: number;
  readonly status: Promise<Deno.CommandStatus>;
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<unknown>;
  readonly #counts = new Map<string, number>();
  #ended: Deno.CommandStatus | undefined;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.pid = child.pid;
    this.#reading = Promise.all([this.#read(child.stdout), this.#read(child.stderr)]);
    this.status = child.status.then((status) => this.#ended = status);
  }

  static async start(
    { site, lab, folder, socket }: World,
    { args = ["run", "--json", "--verbose"], clock }: StartOptions,
  ): Promise<HomeportProcess> {
    const config = join(folder, "config.json");
    await Deno.writeTextFile(config, JSON.stringify(lab.config));
    const [command = "", ...first] = site.program;
    return new HomeportProcess(
      new Deno.Command(command, {
        args: [...first, ...args, "--host", "helium"],
        env: {
          DOCKER_HOST: `unix://${socket}`,
          DOCKER_CONFIG: folder,
          HOME: folder,
          [CONFIG_VARIABLE]: config,
          ...(clock !== undefined && { [CLOCK_VARIABLE]: clock }),
        },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn(),
    );
  }

  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended.
    }
  }

  reload(): void {
    this.kill("SIGHUP");
  }

  count(event: string): number {
    return this.said.filter((each) => each.event === event).length;
  }

  /** As {@linkcode count}, also of what was said long ago. */
  counted(event: string): number {
    return this.#counts.get(event) ?? 0;
  }

  /** Waits for an event whose message has this in it, also one of long ago. */
  async untilSaid(event: string, part: string | RegExp): Promise<void> {
    const isIn = (message: string) => typeof part === "string" ? message.includes(part) : part.test(message);
    await this.until(
      `${event} with ${part}`,
      (said) => said.some((each) => each.event === event && isIn(each.message)),
    );
  }

  async until(
    what: string,
    isSo: (said: readonly Said[]) => boolean | Promise<boolean>,
    seconds = 60,
  ): Promise<void> {
    await until(what, () => {
      if (this.hasEnded) throw new Error(`Homeport ended before ${what}\n${this.lastWords()}`);
      return isSo(this.said);
    }, { seconds, instead: () => this.lastWords() });
  }

  /** The last pass is over, and had this commit and no failure. */
  isSettledAt(commit: string): boolean {
    const last = this.said.findLast(({ event }) => event.startsWith("pass-") && event !== "pass-held");
    return last?.event === "pass-done" && last.commit === commit && (last.retries ?? []).length === 0 &&
      (last.outcomes ?? []).every(({ result }) => GOOD.includes(result));
  }

  /** Ends it well, as systemd does. */
  async stop(): Promise<void> {
    this.kill("SIGTERM");
    await until("an end after SIGTERM", () => this.hasEnded, {
      seconds: 90,
      instead: () => this.lastWords(),
    });
    await this.#reading;
    const { code, signal } = await this.status;
    if (code !== 0) throw new Error(`ended with ${signal ?? code}\n${this.lastWords()}`);
  }

  /** Ends it in any case. */
  async end(): Promise<void> {
    this.kill("SIGCONT");
    this.kill("SIGKILL");
    await this.status;
    await this.#reading;
  }

  lastWords(): string {
    const lines = this.said.slice(-25).map(({ event, message }) => `${event}: ${message}`);
    return [...lines, ...this.noise.slice(-10)].join("\n");
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.#take(line);
    }
    if (rest !== "") this.#take(rest);
  }

  #take(line: string): void {
    if (!line.startsWith('{"time"')) {
      this.noise.push(line);
      return;
    }
    const said: Said = JSON.parse(line);
    this.said.push(said);
    this.#counts.set(said.event, this.counted(said.event) + 1);
    if (this.said.length > MOST_SAID) this.said.splice(0, MOST_SAID / 2);
  }
}
