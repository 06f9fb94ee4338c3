import type { Location } from "../errors.ts";

/**
 * A place, and what stands there when that is not the value itself: a text whose variables were filled in. Errors show the text as
 * written, since a variable may hold a secret.
 */
export interface Written extends Location {
  readonly text?: string;
}

/**
 * Where every value of a document was written, kept beside the document, so that an error names file and line even after files were
 * merged. A container is a mapping or a list; its entries are found by key or index.
 */
export class Locations {
  readonly #entries = new WeakMap<object, Map<string | number, Written>>();

  /** All entries of a new container. */
  register(container: object, entries: Map<string | number, Written>): void {
    this.#entries.set(container, entries);
  }

  set(container: object, key: string | number, location: Written): void {
    const entries = this.#entries.get(container);
    if (entries !== undefined) entries.set(key, location);
    else this.#entries.set(container, new Map([[key, location]]));
  }

  find(container: object, key: string | number): Written | undefined {
    return this.#entries.get(container)?.get(key);
  }

  /** One entry's location, for a value that moves to another container. */
  copy(from: object, fromKey: string | number, to: object, toKey: string | number): void {
    const location = this.find(from, fromKey);
    if (location !== undefined) this.set(to, toKey, location);
  }

  /** All entries' locations, for a container that takes another's place. Those that `to` has already stay. */
  adopt(from: object, to: object): void {
    const source = this.#entries.get(from);
    if (source === undefined || from === to) return;
    const target = this.#entries.get(to);
    if (target === undefined) this.#entries.set(to, new Map(source));
    else for (const [key, location] of source) if (!target.has(key)) target.set(key, location);
  }
}
