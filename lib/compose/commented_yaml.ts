import { type Alias, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Scalar } from "yaml";
import type { YAMLMap, YAMLSeq } from "yaml";
import { ConfigurationError } from "../errors.ts";
import { findComments, placeComments } from "./place_comments.ts";
import { shortTag } from "./tags.ts";
import { composeYaml } from "./yaml.ts";

/** A file's tree with its comments in their order among the entries, for files that are written out again. */
export type CommentedNode = CommentedMap | CommentedList | CommentedScalar;

export interface CommentedMap {
  readonly kind: "map";
  readonly children: CommentedChild[];
}

export interface CommentedList {
  readonly kind: "list";
  readonly children: CommentedChild[];
}

export interface CommentedScalar {
  readonly kind: "scalar";
  readonly text: string;
  /** Not in quotes and no block: it may mean a number, a date and so on. */
  readonly plain: boolean;
  /** As in `!!binary`. */
  readonly tag?: string;
}

export type CommentedChild = CommentedEntry | Comment;

/** An entry of a mapping, or an item of a list, which has no key. */
export interface CommentedEntry {
  readonly kind: "entry";
  readonly key?: CommentedNode;
  readonly value: CommentedNode;
  /** Where the key or the `-` stands. Lines count from 1, columns from 0. */
  readonly line: number;
  readonly column: number;
  /** The last line of a value that is a scalar or stands in brackets. */
  readonly lastLine: number;
  /** A block of lines that are indented, whose own entries may take comments. */
  readonly isBlock: boolean;
}

export interface Comment {
  readonly kind: "comment";
  /** Without the `#`. */
  readonly text: string;
  /** Behind a value on its line. */
  readonly inline: boolean;
}

/** One mapping a document. Aliases are followed. Errors hold nothing of the text. */
export function parseCommentedYaml(text: string, file: string): CommentedNode[] {
  const { documents, tokens, lines } = composeYaml(text, file, true);
  const comments = text.includes("#") ? findComments(tokens, lines, text) : [];
  return documents.map((document, index) => {
    const reading = new Reading(file, lines);
    const start = index === 0 ? -1 : document.range[0];
    const end = documents[index + 1]?.range[0] ?? Infinity;
    const root = document.contents === null ? EMPTY : reading.node(document.contents);
    const own = comments.filter(({ offset }) => offset >= start && offset < end);
    return placeComments(root, own);
  });
}

const EMPTY: CommentedScalar = { kind: "scalar", text: "", plain: true };
/** Aliases of aliases grow beyond every memory. */
const MAX_NODES = 200_000;

class Reading {
  readonly #anchored = new Map<string, Node>();
  readonly #open = new Set<Node>();
  readonly #file: string;
  readonly #lines: LineCounter;
  #count = 0;

  constructor(file: string, lines: LineCounter) {
    this.#file = file;
    this.#lines = lines;
  }

  node(node: Node): CommentedNode {
    if (++this.#count > MAX_NODES) throw this.#error("The aliases make the file too large", node);
    if (isAlias(node)) return this.#alias(node);
    const { anchor } = node as Scalar | YAMLMap | YAMLSeq;
    if (anchor !== undefined) this.#anchored.set(anchor, node);
    if (isScalar(node)) return scalarOf(node);
    this.#open.add(node);
    const read = isMap(node) ? this.#map(node) : isSeq(node) ? this.#list(node) : undefined;
    this.#open.delete(node);
    if (read === undefined) throw this.#error("This is not a YAML value", node);
    return read;
  }

  #alias(alias: Alias): CommentedNode {
    const target = this.#anchored.get(alias.source);
    if (target === undefined) throw this.#error("An alias has no anchor before it", alias);
    if (this.#open.has(target)) throw this.#error("An alias holds itself", alias);
    return this.node(target);
  }

  #map(map: YAMLMap): CommentedMap {
    const seen = new Set<string>();
    const children = map.items.map(({ key, value }): CommentedEntry => {
      const keyNode = this.node(key as Node);
      if (keyNode.kind === "scalar") {
        if (seen.has(keyNode.text)) throw this.#error("A mapping has a key twice", key as Node);
        seen.add(keyNode.text);
      }
      return { ...this.#entry((key as Node).range![0], value as Node | null), key: keyNode };
    });
    return { kind: "map", children };
  }

  #list(list: YAMLSeq): CommentedList {
    const source = list.srcToken as { items: { start: { type: string; offset: number }[] }[] };
    const starts = source.items.map(({ start }) => start.find(({ type }) => type === "seq-item-ind")?.offset);
    return {
      kind: "list",
      children: list.items.map((item, index) =>
        this.#entry(starts[index] ?? (item as Node).range![0], item as Node)
      ),
    };
  }

  #entry(offset: number, value: Node | null): CommentedEntry {
    const { line, col } = this.#lines.linePos(offset);
    const isBlock = (isMap(value) || isSeq(value)) && !value.flow;
    return {
      kind: "entry",
      value: value === null ? EMPTY : this.node(value),
      line,
      column: col - 1,
      lastLine: isBlock ? line : this.#lines.linePos(lastOffset(value) ?? offset).line,
      isBlock,
    };
  }

  #error(message: string, node: Node): ConfigurationError {
    const { line, col } = this.#lines.linePos(node.range![0]);
    return new ConfigurationError(message, { location: { file: this.#file, line, column: col } });
  }
}

/** Of a block of text its header, where a comment may stand. */
function lastOffset(value: Node | null): number | undefined {
  const isText = isScalar(value) && (value.type === "BLOCK_LITERAL" || value.type === "BLOCK_FOLDED");
  return value?.range?.[isText ? 0 : 1];
}

function scalarOf(node: Scalar): CommentedScalar {
  const tag = node.tag === undefined ? undefined : shortTag(node.tag);
  return { kind: "scalar", text: node.value as string, plain: node.type === "PLAIN", ...(tag && { tag }) };
}
