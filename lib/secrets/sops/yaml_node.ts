import type { SopsComment, SopsEntry, SopsMap, SopsValue } from "./tree.ts";
import { type StyledScalar, styleScalar, styleText } from "./yaml_style.ts";

/** A tree as go-yaml writes it, with the comments at the nodes that they go with. */
export type YamlNode = YamlMap | YamlList | YamlScalar;

export interface NodeComments {
  head: string;
  line: string;
  foot: string;
}

export interface YamlMap extends NodeComments {
  readonly kind: "map";
  readonly entries: { readonly key: YamlScalar; readonly value: YamlNode }[];
}

export interface YamlList extends NodeComments {
  readonly kind: "list";
  readonly items: YamlNode[];
}

export interface YamlScalar extends NodeComments, StyledScalar {
  readonly kind: "scalar";
}

/** Comments go to the head of what follows them; those at the end to the foot of what was before. */
export function mapNode({ entries }: SopsMap): YamlMap {
  const map: YamlMap = { kind: "map", entries: [], ...noComments() };
  const waiting = new Waiting<SopsEntry>(entries, map);
  for (const entry of waiting.entries()) {
    if (entry.type !== "pair") continue;
    const key: YamlScalar = { kind: "scalar", ...styleText(entry.key), ...noComments() };
    const value = valueNode(entry.value);
    waiting.give(key, value);
    map.entries.push({ key, value });
  }
  waiting.giveRest(map.entries.at(-1)?.key);
  return map;
}

function listNode(values: readonly SopsValue[]): YamlList {
  const list: YamlList = { kind: "list", items: [], ...noComments() };
  const waiting = new Waiting<SopsValue>(values, list);
  for (const value of waiting.entries()) {
    const item = valueNode(value);
    waiting.give(item, item);
    list.items.push(item);
  }
  waiting.giveRest(list.items.at(-1));
  return list;
}

function valueNode(value: SopsValue): YamlNode {
  switch (value.type) {
    case "map":
      return mapNode(value);
    case "list":
      return listNode(value.items);
    case "bytes":
      return listNode(Array.from(value.bytes, (byte) => ({ type: "int", value: BigInt(byte) })));
    case "comment":
      return { kind: "scalar", ...styleText(value.text), ...noComments() };
    default:
      return { kind: "scalar", ...styleScalar(value), ...noComments() };
  }
}

function noComments(): NodeComments {
  return { head: "", line: "", foot: "" };
}

/** Comments on their way to a node. */
class Waiting<T extends SopsEntry | SopsValue> {
  #head: string[] = [];
  #inline: string[] = [];
  #first = true;
  readonly #all: readonly T[];
  readonly #holder: NodeComments;

  constructor(all: readonly T[], holder: NodeComments) {
    this.#all = all;
    this.#holder = holder;
  }

  *entries(): Generator<Exclude<T, SopsComment>> {
    for (const each of this.#all) {
      if (each.type === "comment") (each.inline ? this.#inline : this.#head).push(`#${each.text}`);
      else yield each as Exclude<T, SopsComment>;
    }
  }

  give(head: NodeComments, line: NodeComments): void {
    const before = this.#first ? this.#holder : head;
    this.#first = false;
    before.head = joined(this.#head, before.head);
    line.line = joined([line.line], this.#inline);
    this.#head = [];
    this.#inline = [];
  }

  giveRest(last: NodeComments | undefined): void {
    const rest = [...this.#head, ...this.#inline];
    if (last === undefined) this.#holder.head = joined(rest, this.#holder.head);
    else last.foot = joined([last.foot], rest);
  }
}

function joined(...parts: readonly (string | readonly string[])[]): string {
  return parts.flat().filter((part) => part !== "").join("\n");
}
