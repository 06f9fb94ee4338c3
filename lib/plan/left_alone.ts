/** What a pass leaves as it is, and why. */

export interface SuspendedStack {
  readonly name: string;
  /** In words, with what ends it. */
  readonly reason: string;
  /** RFC 3339. Absent: until somebody ends it. */
  readonly until?: string;
}

/** There is something to do for a stack, and it is not done. */
export interface LeftAlone {
  /**
   * `drift`: it was put back again and again. `reported`: changes by hand are only told. `window`: a maintenance window is open. `prune`:
   * more than half of the stacks would go, and nobody has confirmed that.
   */
  readonly kind: "drift" | "reported" | "window" | "prune";
  /** In words, with what ends it. */
  readonly reason: string;
}
