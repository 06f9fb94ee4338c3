import { utf8 } from "../bytes.ts";
import type { SopsMap } from "./tree.ts";
import {
  mapNode,
  type NodeComments,
  type YamlList,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
} from "./yaml_node.ts";
import { doubleQuoted } from "../../compose/yaml_quoting.ts";

/**
 * As `sops -d` prints it, which is as go-yaml does: no line is folded, blocks are indented by four, and a comment waits until there is a
 * place for it.
 */
export function writeYaml(documents: readonly SopsMap[]): Uint8Array {
  const writer = new YamlWriter();
  documents.forEach((document, index) => writer.document(mapNode(document), index === 0));
  return utf8(writer.text);
}

const INDENT = 4;
/** Longer keys get a `?` before them. */
const LONGEST_SIMPLE_KEY = 128;
const NONE = -1;

class YamlWriter {
  text = "";
  #column = 0;
  #indent = NONE;
  #whitespace = true;
  /** Nothing but indentation stands on the line. */
  #indention = true;
  /** Where a foot comment was just written: what follows on the same level keeps a line's distance. */
  #footIndent = NONE;
  #head = "";
  #line = "";
  #foot = "";
  /** The foot of the entry before. */
  #tail = "";

  document(root: YamlMap, first: boolean): void {
    if (!first) {
      this.#writeIndent();
      this.#indicator("---", true);
      this.#writeIndent();
    }
    this.#arrive({ head: root.head });
    this.#writeHead();
    this.#start(root, false);
    this.#writeLine();
    this.#writeFoot();
    this.#content(root, false);
    this.#footIndent = 0;
    this.#writeFoot();
    this.#footIndent = NONE;
    this.#writeIndent();
  }

  /** What is not given stays, and so waits for a later node. */
  #arrive(comments: Partial<NodeComments> & { tail?: string }): void {
    this.#head = comments.head || this.#head;
    this.#line = comments.line || this.#line;
    this.#foot = comments.foot || this.#foot;
    this.#tail = comments.tail || this.#tail;
  }

  #arriveAt(node: YamlNode): void {
    this.#arrive(node.kind === "scalar" ? node : { head: node.head });
  }

  #start(node: YamlNode, inList: boolean): void {
    if (node.kind === "scalar") this.#scalar(node, inList, false);
  }

  #content(node: YamlNode, inList: boolean): void {
    if (node.kind === "scalar") return;
    if ((node.kind === "map" ? node.entries : node.items).length === 0) this.#empty(node, inList);
    else if (node.kind === "map") this.#map(node, inList);
    else this.#list(node, inList);
  }

  #map(map: YamlMap, inList: boolean): void {
    const outer = this.#deepen(inList, false);
    let tail = "";
    for (const { key, value } of map.entries) {
      this.#arrive({ head: key.head, tail });
      tail = key.foot;
      this.#writeHead();
      this.#writeIndent();
      const simple = !key.text.includes("\n") && utf8(key.text).length <= LONGEST_SIMPLE_KEY;
      if (!simple) this.#indicator("?", true, true);
      this.#scalar(key, false, simple);
      this.#arriveAt(value);
      if (!simple) this.#writeIndent();
      this.#indicator(":", !simple, !simple);
      this.#start(value, false);
      this.#writeLine();
      this.#writeFoot();
      this.#content(value, false);
    }
    this.#arrive({ tail, line: map.line, foot: map.foot });
    this.#writeHead();
    this.#indent = outer;
  }

  #list(list: YamlList, inList: boolean): void {
    const outer = this.#deepen(inList, false);
    for (const item of list.items) {
      this.#arriveAt(item);
      this.#writeHead();
      this.#writeIndent();
      this.#indicator("-", true, true);
      this.#start(item, true);
      this.#writeLine();
      this.#writeFoot();
      this.#content(item, true);
    }
    this.#arrive({ line: list.line, foot: list.foot });
    this.#indent = outer;
  }

  #empty(node: YamlMap | YamlList, inList: boolean): void {
    const [open, close] = node.kind === "map" ? "{}" : "[]";
    this.#indicator(open!, true, false, true);
    const outer = this.#deepen(inList, true);
    this.#arrive({ line: node.line, foot: node.foot });
    if (node.kind === "map") this.#writeHead();
    this.#indent = outer;
    if (node.kind === "list" && this.#column === 0) this.#writeIndent();
    this.#indicator(close!, false);
    this.#writeLine();
    this.#writeFoot();
  }

  #deepen(inList: boolean, flow: boolean): number {
    const outer = this.#indent;
    if (outer === NONE) this.#indent = flow ? INDENT : 0;
    else this.#indent = inList ? outer + 2 : INDENT * Math.floor((outer + INDENT) / INDENT);
    return outer;
  }

  #scalar({ text, style, tag }: YamlScalar, inList: boolean, isSimpleKey: boolean): void {
    if (tag !== undefined) this.#indicator(tag, true);
    const outer = this.#deepen(inList, true);
    if (style === "literal" && !isSimpleKey) this.#literal(text);
    else if (style === "plain") this.#plain(text);
    else this.#indicator(style === "single" ? `'${text.replaceAll("'", "''")}'` : doubleQuoted(text), true);
    this.#indent = outer;
  }

  #plain(text: string): void {
    if (!this.#whitespace) this.#put(" ");
    this.#put(text);
    this.#whitespace = false;
    this.#indention = false;
  }

  #literal(text: string): void {
    this.#indicator("|", true);
    if (/^[ \n]/.test(text)) this.#indicator(String(INDENT), false);
    if (!text.endsWith("\n")) this.#indicator("-", false);
    else if (text === "\n" || text.endsWith("\n\n")) this.#indicator("+", false);
    if (this.#line === "") this.#break();
    else this.#writeLine();
    this.#whitespace = true;
    const lines = text.split("\n");
    lines.forEach((line, index) => {
      if (line !== "") {
        this.#writeIndent();
        this.#put(line);
        this.#indention = false;
      }
      if (index < lines.length - 1) this.#break();
    });
  }

  #writeHead(): void {
    if (this.#tail !== "") {
      this.#writeIndent();
      this.#comment(this.#tail);
      this.#tail = "";
      this.#footIndent = Math.max(this.#indent, 0);
    }
    if (this.#head === "") return;
    this.#writeIndent();
    this.#comment(this.#head);
    this.#head = "";
  }

  #writeLine(): void {
    if (this.#line === "") return;
    if (!this.#whitespace) this.#put(" ");
    this.#comment(this.#line);
    this.#line = "";
  }

  #writeFoot(): void {
    if (this.#foot === "") return;
    this.#writeIndent();
    this.#comment(this.#foot);
    this.#foot = "";
    this.#footIndent = Math.max(this.#indent, 0);
  }

  #comment(text: string): void {
    text.split("\n").forEach((line, index) => {
      if (index > 0) {
        this.#break();
        this.#writeIndent();
      }
      this.#put(line);
      this.#indention = false;
    });
    this.#break();
    this.#whitespace = true;
  }

  #writeIndent(): void {
    const indent = Math.max(this.#indent, 0);
    if (!this.#indention || this.#column > indent || (this.#column === indent && !this.#whitespace)) {
      this.#break();
    }
    if (this.#footIndent === indent) this.#break();
    this.#put(" ".repeat(Math.max(indent - this.#column, 0)));
    this.#whitespace = true;
    this.#footIndent = NONE;
  }

  #indicator(sign: string, needsSpace: boolean, isIndention = false, isSpace = false): void {
    if (needsSpace && !this.#whitespace) this.#put(" ");
    this.#put(sign);
    this.#whitespace = isSpace;
    this.#indention &&= isIndention;
  }

  #put(text: string): void {
    this.text += text;
    this.#column += text.length;
  }

  #break(): void {
    this.text += "\n";
    this.#column = 0;
    this.#indention = true;
  }
}
