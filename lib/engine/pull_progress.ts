/** One line of the engine's answer to a pull. */
export interface PullMessage {
  /** The layer's short ID, or the tag. */
  readonly id?: string;
  readonly status?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
  readonly errorDetail?: { readonly message: string };
}

const DONE = ["Pull complete", "Already exists", "Download complete", "Extracting"];

/** How much of an image is downloaded, over all of its layers. */
export class PullProgress {
  readonly #layers = new Map<string, { current: number; total: number }>();
  percent = 0;

  /** Whether the percentage moved. */
  add({ id, status = "", progressDetail }: PullMessage): boolean {
    if (id === undefined) return false;
    const { current, total } = progressDetail ?? {};
    const layer = this.#layers.get(id) ?? { current: 0, total: 0 };
    if (status === "Downloading" && total !== undefined && total > 0) {
      this.#layers.set(id, { current: Math.min(current ?? 0, total), total });
    } else if (DONE.includes(status)) {
      this.#layers.set(id, { ...layer, current: layer.total });
    }
    const before = this.percent;
    // New layers become known on the way; a percentage that goes back says nothing to anybody.
    this.percent = Math.max(before, this.#share());
    return this.percent !== before;
  }

  #share(): number {
    const layers = [...this.#layers.values()];
    const total = layers.reduce((sum, layer) => sum + layer.total, 0);
    const current = layers.reduce((sum, layer) => sum + layer.current, 0);
    return total === 0 ? 0 : Math.floor(100 * current / total);
  }
}
