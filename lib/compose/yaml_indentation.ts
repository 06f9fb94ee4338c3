import type { CST } from "yaml";

/**
 * Finds the tabs at the beginning of a line that go-yaml refuses and the library does not: those of blank lines and of comments, and
 * those in brackets after a text without quotes.
 */
export class Indentation {
  #isLineStart = true;
  #isAfterPlain = false;
  #blanks = "";

  /** `isText`: the lexeme is the text of a plain or a block scalar. */
  isBrokenBy(lexeme: string, isText: boolean, stack: readonly CST.Token[]): boolean {
    if (/^\r?\n$/.test(lexeme) && !isText) {
      this.#isLineStart = true;
      this.#blanks = "";
      return false;
    }
    if (this.#isLineStart && !isText && /^[ \t]+$/.test(lexeme)) {
      this.#blanks += lexeme;
      const tab = this.#blanks.indexOf("\t");
      if (tab === -1) return false;
      if (this.#isAfterPlain) return tab <= blockIndent(stack);
      return !stack.some(({ type }) => type === "flow-collection");
    }
    this.#isLineStart = false;
    this.#isAfterPlain = isText;
    return false;
  }
}

function blockIndent(stack: readonly CST.Token[]): number {
  const block = stack.findLast(({ type }) => type === "block-map" || type === "block-seq");
  return block !== undefined && "indent" in block ? block.indent : -1;
}
