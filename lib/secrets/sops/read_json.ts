import { sopsError } from "./sops_error.ts";
import type { SopsEntry, SopsMap, SopsValue } from "./tree.ts";

/** Reads JSON in the order of its keys, and whole numbers of 64 bits as they are, which `JSON.parse` does neither. */
export function readJson(text: string, file: string): SopsMap[] {
  const reader = new JsonReader(text, file);
  const root = reader.read();
  if (root.type !== "map") {
    throw sopsError("Not a file of sops: its JSON is no object", "encrypt it with sops", { file });
  }
  return [root];
}

const SPACE = /[ \t\r\n]*/y;
// deno-lint-ignore no-control-regex
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const WORD = /true|false|null/y;
const MAX_DEPTH = 1000;
const [SMALLEST, LARGEST] = [-(2n ** 63n), 2n ** 63n - 1n];

class JsonReader {
  #at = 0;
  #depth = 0;
  #counted = 0;
  #lines = 1;
  readonly #text: string;
  readonly #file: string;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  read(): SopsValue {
    const value = this.#value();
    this.#match(SPACE);
    if (this.#at < this.#text.length) throw this.#broken();
    return value;
  }

  #value(): SopsValue {
    this.#match(SPACE);
    switch (this.#text[this.#at]) {
      case "{":
        return this.#nested(() => this.#map());
      case "[":
        return this.#nested(() => this.#list());
      case '"':
        return { type: "text", text: this.#string() };
    }
    const word = this.#match(WORD);
    if (word === "null") return { type: "null" };
    if (word !== undefined) return { type: "bool", value: word === "true" };
    return this.#number();
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw this.#broken();
    this.#at++;
    const value = read();
    this.#depth--;
    return value;
  }

  #map(): SopsMap {
    const entries: SopsEntry[] = [];
    this.#each("}", () => {
      const line = this.#line();
      const key = this.#string();
      this.#expect(":");
      entries.push({ type: "pair", key, value: this.#value(), line });
    });
    return { type: "map", entries };
  }

  #list(): SopsValue {
    const items: SopsValue[] = [];
    this.#each("]", () => items.push(this.#value()));
    return { type: "list", items };
  }

  #each(end: string, readOne: () => void): void {
    this.#match(SPACE);
    if (this.#text[this.#at] === end) {
      this.#at++;
      return;
    }
    for (;;) {
      this.#match(SPACE);
      readOne();
      this.#match(SPACE);
      const sign = this.#text[this.#at++];
      if (sign === end) return;
      if (sign !== ",") throw this.#broken();
    }
  }

  #expect(sign: string): void {
    this.#match(SPACE);
    if (this.#text[this.#at++] !== sign) throw this.#broken();
  }

  #string(): string {
    const source = this.#match(STRING);
    if (source === undefined) throw this.#broken();
    return (JSON.parse(source) as string).toWellFormed();
  }

  #number(): SopsValue {
    const source = this.#match(NUMBER);
    if (source === undefined) throw this.#broken();
    if (/^-?\d+$/.test(source)) {
      const value = BigInt(source);
      if (value >= SMALLEST && value <= LARGEST) return { type: "int", value };
    }
    const value = Number(source);
    if (!Number.isFinite(value)) throw this.#broken();
    return { type: "float", value };
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0];
    this.#at += match?.length ?? 0;
    return match;
  }

  /** Counts on from where it was asked before. */
  #line(): number {
    for (; this.#counted < this.#at; this.#counted++) if (this.#text[this.#counted] === "\n") this.#lines++;
    return this.#lines;
  }

  #broken(): Error {
    const hint = "fetch the file again, or encrypt it with sops again";
    return sopsError("Broken JSON", hint, { file: this.#file, line: this.#line() });
  }
}
