import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  type ParsedNode,
} from "yaml";
import type { Alias, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { Anchors } from "./anchors.ts";
import { ConfigurationError, type Location } from "../errors.ts";
import type { Locations, Written } from "./locations.ts";
import { findPlainMeaning, normaliseDate } from "./scalar.ts";
import { findTaggedValue, shortTag } from "./tags.ts";
import { isMapping, type Mapping, newMapping, Timestamp, type Value } from "./value.ts";

/** Tells the merge with the files before: `reset` removes what they say at the path, `override` replaces it wholly. */
export interface Directive {
  readonly kind: "reset" | "override";
  readonly path: readonly (string | number)[];
}

/** Deeper files are no Compose files; the limit protects the stack. */
export const MAX_DEPTH = 100;

const RESET: unique symbol = Symbol("reset");
type Constructed = Value | typeof RESET;

/**
 * Makes values of a file's nodes. Anchors last for the whole file, across documents. An alias gives new objects every time.
 */
export class Construction {
  readonly #file: string;
  readonly #lines: LineCounter;
  readonly #locations: Locations;
  readonly #anchors = new Anchors((message, node, hint) => this.#error(message, node, hint));
  readonly #open = new Set<Node>();
  /** Entries with `!reset`. Only their first reading counts, as in Compose: where an alias repeats them they are gone. */
  readonly #reset = new Set<Node>();
  #directives: Directive[] = [];
  #path: (string | number)[] = [];

  constructor(file: string, lines: LineCounter, locations: Locations) {
    this.#file = file;
    this.#lines = lines;
    this.#locations = locations;
  }

  document(contents: ParsedNode | null): { value: Value; directives: readonly Directive[] } {
    this.#directives = [];
    this.#path = [];
    const value = contents === null ? null : this.#construct(contents);
    return { value: value === RESET ? null : value, directives: this.#directives };
  }

  #construct(node: Node): Constructed {
    this.#anchors.count();
    if (isAlias(node)) return this.#alias(node);
    if (isScalar(node)) {
      if (node.anchor !== undefined) this.#anchors.add(node.anchor, node);
      return node.tag === undefined ? this.#plain(node) : this.#tagged(node, node.tag);
    }
    if (isMap(node) || isSeq(node)) return this.#collection(node);
    throw this.#error("This is not a YAML value", node);
  }

  #plain(node: Scalar): Value {
    const text = node.value as string;
    if (node.type !== "PLAIN") return text;
    const meaning = findPlainMeaning(text);
    if (meaning === undefined) return text;
    if (meaning.kind === "null") return null;
    return meaning.kind === "date" ? this.#date(text, node) : meaning.value;
  }

  /** Compose refuses dates, but in extensions, which it only carries along. */
  #date(text: string, node: Node): Timestamp {
    const isExtension = this.#path.some((key) => typeof key === "string" && key.startsWith("x-"));
    if (isExtension) return new Timestamp(normaliseDate(text));
    throw this.#error(
      `${text} is a date, and Compose files hold no dates`,
      node,
      `put it in quotes: "${text}"`,
    );
  }

  #tagged(node: Scalar, tag: string): Constructed {
    const name = shortTag(tag);
    if (name === "!reset") return this.#direct("reset");
    if (name === "!") return this.#plain(node);
    if (name === "!override") this.#direct("override");
    const text = node.value as string;
    const value = findTaggedValue(name, text);
    if (value !== undefined) return value;
    throw this.#error(`"${text}" is no ${name}`, node, "mend the value, or remove the tag");
  }

  #direct(kind: Directive["kind"]): typeof RESET {
    this.#directives.push({ kind, path: [...this.#path] });
    return RESET;
  }

  #collection(node: YAMLMap | YAMLSeq): Constructed {
    if (node.anchor !== undefined) this.#anchors.add(node.anchor, node);
    if (this.#path.length >= MAX_DEPTH) {
      throw this.#error("Aliases nest too deep", this.#anchors.repeating ?? node, "make the file flatter");
    }
    if (node.tag === "!override") this.#direct("override");
    this.#open.add(node);
    const value = isMap(node) ? this.#mapping(node) : this.#list(node);
    this.#open.delete(node);
    return node.tag === "!reset" ? this.#direct("reset") : value;
  }

  #list(node: YAMLSeq): Value[] {
    const list: Value[] = [];
    const entries = new Map<string | number, Written>();
    for (const [index, item] of (node.items as Node[]).entries()) {
      const value = this.#entry(index, item);
      if (value !== RESET) entries.set(list.push(value) - 1, this.#locate(item));
    }
    this.#locations.register(list, entries);
    return list;
  }

  #mapping(node: YAMLMap): Mapping {
    const mapping = newMapping();
    const entries = new Map<string | number, Written>();
    this.#locations.register(mapping, entries);
    const written = new Map<string, Node>();
    let merged: Node | undefined;
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      const key = this.#key(pair.key, written);
      if (key === undefined) {
        merged = pair.value ?? pair.key;
        continue;
      }
      const value = pair.value === null ? null : this.#entry(key, pair.value);
      if (value === RESET) continue;
      mapping[key] = value;
      entries.set(key, this.#locate(pair.key));
    }
    if (merged !== undefined) this.#merge(merged, mapping);
    return mapping;
  }

  #entry(key: string | number, node: Node): Constructed {
    if (this.#reset.has(node)) return RESET;
    this.#path.push(key);
    const value = this.#construct(node);
    this.#path.pop();
    if (value === RESET) this.#reset.add(node);
    return value;
  }

  /** The key's text; undefined for the merge key `<<`. */
  #key(node: Node, written: Map<string, Node>): string | undefined {
    const text = isScalar(node) ? node.value as string : isAlias(node) ? node.source : "";
    const first = written.get(text);
    if (first !== undefined) {
      const { line } = this.#locate(first);
      throw this.#error(`Key "${text}" is there twice, first in line ${line}`, node, "keep one of the two");
    }
    written.set(text, node);
    if (isMergeKey(node, text)) return undefined;
    const key = this.#construct(node);
    if (typeof key === "string") return key;
    throw this.#error(`Key ${text === "" ? "" : `${text} `}is not a string`, node, "put the key in quotes");
  }

  /** What the mapping says itself wins; of several merged mappings the earlier one. */
  #merge(node: Node, into: Mapping): void {
    const target = isAlias(node) ? this.#anchors.get(node) : node;
    for (const item of isSeq(target) ? target.items as Node[] : [node]) {
      const source = this.#construct(item);
      if (source === RESET) continue;
      if (!isMapping(source)) {
        throw this.#error(
          "<< merges something that is not a mapping",
          item,
          "merge mappings only, such as `<<: *name`",
        );
      }
      for (const key of Object.keys(source)) {
        if (key in into) continue;
        into[key] = source[key]!;
        this.#locations.copy(source, key, into, key);
      }
    }
  }

  #alias(node: Alias): Constructed {
    const target = this.#anchors.get(node);
    if (this.#open.has(target)) {
      throw this.#error(`Anchor &${node.source} contains itself`, node, "remove the alias");
    }
    return this.#anchors.repeat(node, () => this.#construct(target));
  }

  #locate(node: Node): Location {
    const { line, col } = this.#lines.linePos(node.range?.[0] ?? 0);
    return { file: this.#file, line, column: col };
  }

  #error(message: string, node: Node, hint?: string): ConfigurationError {
    const path = pathText(this.#path);
    return new ConfigurationError(message, { hint, path, location: this.#locate(node) });
  }
}

function pathText(path: readonly (string | number)[]): string | undefined {
  const text = path.map((key) => typeof key === "number" ? `[${key}]` : `.${key}`).join("");
  return text === "" ? undefined : text.replace(/^\./, "");
}

function isMergeKey(node: Node, text: string): boolean {
  if (text !== "<<" || !isScalar(node) || node.type !== "PLAIN") return false;
  return node.tag === undefined || ["!", "!!merge"].includes(shortTag(node.tag));
}
