import type { Alias, Node } from "yaml";
import type { ConfigurationError } from "../errors.ts";

/** Files of people repeat far less; files made to exhaust the machine repeat far more. */
const MAX_ALIASED_NODES = 50_000;

export type NodeError = (message: string, node: Node, hint: string) => ConfigurationError;

/** The anchors of a file, across its documents, and the aliases that repeat them. */
export class Anchors {
  readonly #error: NodeError;
  readonly #named = new Map<string, Node>();
  /** What an alias meant where it stands: a later anchor of the same name changes nothing. */
  readonly #targets = new Map<Alias, Node>();
  #repeating: Alias | undefined;
  #aliasedNodes = 0;

  constructor(error: NodeError) {
    this.#error = error;
  }

  /** The alias in the text whose anchor is being read; aliases within the anchor don't count. */
  get repeating(): Alias | undefined {
    return this.#repeating;
  }

  add(name: string, node: Node): void {
    if (this.#repeating !== undefined) return;
    if (!/^[A-Za-z0-9_-]+$/.test(name)) {
      throw this.#error(`Anchor &${name} has a sign in its name`, node, "use letters, digits, - and _ only");
    }
    this.#named.set(name, node);
  }

  get(alias: Alias): Node {
    const { source } = alias;
    const target = this.#targets.get(alias) ?? this.#named.get(source);
    if (target === undefined) {
      throw this.#error(`Alias *${source} has no anchor`, alias, `write &${source} before what it repeats`);
    }
    this.#targets.set(alias, target);
    return target;
  }

  /** Reads what the alias repeats. */
  repeat<T>(alias: Alias, read: () => T): T {
    const outer = this.#repeating;
    this.#repeating = outer ?? alias;
    const value = read();
    this.#repeating = outer;
    return value;
  }

  /** Counts what aliases repeat, so that a small file cannot grow without end. */
  count(): void {
    if (this.#repeating === undefined || ++this.#aliasedNodes <= MAX_ALIASED_NODES) return;
    const message = `Aliases repeat more than ${MAX_ALIASED_NODES} values`;
    throw this.#error(message, this.#repeating, "write the file with fewer aliases");
  }
}
