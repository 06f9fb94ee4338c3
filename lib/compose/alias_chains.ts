import type { CST } from "yaml";

/** Beyond it, what aliases repeat is refused later in any case, see `anchors.ts`; but to come as far may take long. */
const MAX_LENGTH = 320;

/** Follows aliases that stand in anchors that other aliases repeat, while a file is read. */
export class AliasChains {
  readonly #lengths = new Map<string, number>();

  /** Whether the alias makes a chain that is too long. `open`: the collections that it stands in. */
  isTooLong(alias: string, open: readonly CST.Token[]): boolean {
    const length = (this.#lengths.get(alias) ?? 0) + 1;
    for (const token of open) {
      for (const anchor of anchorsOf(token)) {
        this.#lengths.set(anchor, Math.max(length, this.#lengths.get(anchor) ?? 0));
      }
    }
    return length > MAX_LENGTH;
  }
}

/** Those of the entry that is being read. */
function anchorsOf(token: CST.Token): string[] {
  const item = "items" in token ? token.items.at(-1) : undefined;
  const marks = item?.sep ?? item?.start ?? [];
  return marks.filter(({ type }) => type === "anchor").map(({ source }) => source.slice(1));
}
