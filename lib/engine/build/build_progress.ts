/** What BuildKit tells while it builds. */
import { MessageReader } from "./protobuf.ts";

/** Enough to see why a step failed. */
const KEPT_LINES = 12;
const LONGEST_NAME = 80;

export class BuildProgress {
  readonly #onStep: (name: string) => void;
  readonly #names = new Map<string, string>();
  readonly #begun = new Set<string>();
  readonly #failed = new Map<string, string>();
  readonly #output = new Map<string, string>();

  constructor(onStep: (name: string) => void) {
    this.#onStep = onStep;
  }

  /** A message of the type `StatusResponse`. */
  add(message: Uint8Array): void {
    const status = new MessageReader(message);
    for (const vertex of status.all(1)) this.#addVertex(new MessageReader(vertex));
    for (const log of status.all(3)) {
      const entry = new MessageReader(log);
      this.#addOutput(entry.text(1), entry.text(4));
    }
  }

  /** The step that failed, and the last lines that it wrote. */
  failedStep(): { readonly name: string; readonly output: readonly string[] } | undefined {
    const id = [...this.#failed.keys()].find((each) => this.#output.has(each)) ?? [...this.#failed.keys()][0];
    if (id === undefined) return undefined;
    const lines = (this.#output.get(id) ?? "").split(/\r?\n/).filter((line) => line.trim() !== "");
    return { name: this.#names.get(id) ?? "", output: lines.slice(-KEPT_LINES) };
  }

  #addVertex(vertex: MessageReader): void {
    const id = vertex.text(1);
    const name = vertex.text(3);
    this.#names.set(id, name);
    const error = vertex.text(7);
    if (error !== "") this.#failed.set(id, error);
    const isStep = !name.startsWith("[internal]") && !name.startsWith("[auth]");
    if (!isStep || !vertex.has(5) || this.#begun.has(id)) return;
    this.#begun.add(id);
    this.#onStep(shorten(name));
  }

  #addOutput(id: string, text: string): void {
    const all = (this.#output.get(id) ?? "") + text;
    this.#output.set(id, all.split("\n").slice(-KEPT_LINES - 1).join("\n"));
  }
}

export function shorten(name: string): string {
  const line = name.replace(/\s+/g, " ").trim();
  return line.length > LONGEST_NAME ? `${line.slice(0, LONGEST_NAME - 1)}…` : line;
}
