/** When the engine started and removed which containers, by its own clock. */
import { openDockerApi } from "../../tools/engine/docker_api.ts";

interface Happened {
  readonly action: "start" | "destroy";
  readonly name: string;
  /** In milliseconds since 1970. */
  readonly at: number;
}

const LIMIT = 120_000;

export class ContainerEvents implements AsyncDisposable {
  readonly #happened: Happened[] = [];
  readonly #controller = new AbortController();
  readonly #reading: Promise<void>;
  #onEvent = () => {};

  static async follow(socketPath: string): Promise<ContainerEvents> {
    const api = openDockerApi(socketPath);
    const controller = new AbortController();
    const filters = JSON.stringify({ type: ["container"], event: ["start", "destroy"] });
    const { body } = await api.request("GET", "/events", { query: { filters }, signal: controller.signal });
    return new ContainerEvents(body!, controller, () => api[Symbol.dispose]());
  }

  private constructor(body: ReadableStream<Uint8Array>, controller: AbortController, close: () => void) {
    this.#controller = controller;
    this.#reading = this.#read(body).catch((error) => {
      if (!controller.signal.aborted) throw error;
    }).finally(close);
  }

  /** When this next happened to a container of that name, at or after a moment. */
  async when(action: Happened["action"], name: string, since: number): Promise<number> {
    const deadline = Date.now() + LIMIT;
    for (;;) {
      const found = this.#happened.find((each) =>
        each.action === action && each.name === name && each.at >= since
      );
      if (found !== undefined) return found.at;
      if (Date.now() > deadline) throw new Error(`${name}: no ${action}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onEvent = resolve;
      const timer = setTimeout(resolve, 1000);
      await promise;
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#controller.abort();
    // Deno does not always end the body of an answer that is broken off.
    await Promise.race([this.#reading, new Promise((resolve) => setTimeout(resolve, 500))]);
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of body) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop()!;
      for (const line of lines.filter((each) => each.trim() !== "")) {
        const { Action: action, Actor, timeNano } = JSON.parse(line);
        this.#happened.push({ action, name: Actor.Attributes.name, at: timeNano / 1e6 });
      }
      this.#onEvent();
    }
  }
}
