/** How many bytes the other side still takes. */
export class SendWindow {
  #size: number;
  #waiting: (() => void)[] = [];
  #failure: Error | undefined;

  constructor(size: number) {
    this.#size = size;
  }

  add(bytes: number): void {
    this.#size += bytes;
    this.#wake();
  }

  /** Waits until there is room, and takes at most as much as is wanted. */
  async take(wanted: number): Promise<number> {
    while (this.#size <= 0 && this.#failure === undefined) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    if (this.#failure !== undefined) throw this.#failure;
    const taken = Math.min(wanted, this.#size);
    this.#size -= taken;
    return taken;
  }

  fail(reason: Error): void {
    this.#failure ??= reason;
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const each of waiting) each();
  }
}
