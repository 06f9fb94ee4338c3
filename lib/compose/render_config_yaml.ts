import { Document, Pair, Scalar, type ScalarTag, YAMLMap, YAMLSeq } from "yaml";
import { stringifyString } from "yaml/util";
import type { ConfigEntry, ConfigNode } from "./config_tree.ts";
import { compareNaturally } from "./natural_order.ts";
import { escapeDollars } from "./render_config.ts";
import { Float } from "./value.ts";
import { type KeyKind, keyKindIn, keyKindOf } from "./user_maps.ts";
import { doubleQuoted, isUnprintable, meansSomethingElse } from "./yaml_quoting.ts";

/** As `docker compose config` prints it: with `$` doubled, so that it can be loaded again. */
export function renderYaml(tree: ConfigNode): string {
  const document = new Document(undefined, { schema: "failsafe", customTags: (tags) => [TEXT, ...tags] });
  document.contents = yamlNode(inOrder(tree), "attributes") as typeof document.contents;
  return escapeDollars(document.toString({ lineWidth: 0, indent: 2 }));
}

const SECTIONS = ["name", "services", "networks", "volumes", "secrets", "configs", "models"];

function inOrder(tree: ConfigNode): ConfigNode {
  if (tree.kind !== "map") return tree;
  const rank = ([key]: ConfigEntry) => (SECTIONS.indexOf(key) + SECTIONS.length + 1) % (SECTIONS.length + 1);
  return { kind: "map", entries: [...tree.entries].sort((one, other) => rank(one) - rank(other)) };
}

/** `attribute`: the key that holds the node. */
function yamlNode(node: ConfigNode, keys: KeyKind, attribute = ""): YAMLMap | YAMLSeq | Scalar {
  switch (node.kind) {
    case "map":
      return mapOf(node.entries, keys, attribute);
    case "list": {
      const list = new YAMLSeq();
      list.items = node.items.map((item) => yamlNode(item, keyKindIn(keys)));
      return list;
    }
    case "text":
      return scalar(node.value, styleOf(node.value));
    case "literal":
      return scalar(numberText(node.text, attribute), Scalar.PLAIN);
  }
}

/** Large numbers with a fraction are written with an exponent. */
function numberText(text: string, attribute: string): string {
  const isFloat = FLOATS.has(attribute) || /^-?(?:[0-9]+[.e]|[0-9]{21})/i.test(text);
  return isFloat ? new Float(Number(text)).toString() : NO_NUMBERS[text] ?? text;
}

const NO_NUMBERS: Readonly<Record<string, string>> = { Infinity: ".inf", "-Infinity": "-.inf", NaN: ".nan" };

const FLOATS: ReadonlySet<string> = new Set(["cpus", "cpu_percent", "max_failure_ratio"]);

function mapOf(entries: readonly ConfigEntry[], keys: KeyKind, attribute: string): YAMLMap {
  const shown = keys === "attributes" ? attributesOf(entries) : inNaturalOrder(entries);
  const map = new YAMLMap();
  map.items = shown.map(([key, value]) => {
    const held = keys === "names" && attribute === "ulimits" ? bothLimits(value) : value;
    const shownKey = keys === "attributes" && GO_NAMES.has(key) ? key.toLowerCase() : key;
    const keyNode = scalar(shownKey, isLong(shownKey) ? Scalar.BLOCK_FOLDED : styleOf(shownKey));
    return new Pair(keyNode, yamlNode(held, keyKindOf(key, keys), key));
  });
  return map;
}

/** Behind a question mark, and on a line of its own: the library does so with keys in this style. */
function isLong(key: string): boolean {
  return new TextEncoder().encode(key).length > 128;
}

/** Extensions come last. */
function attributesOf(entries: readonly ConfigEntry[]): ConfigEntry[] {
  const isExtension = ([key]: ConfigEntry) => key.startsWith("x-");
  return [
    ...entries.filter((entry) => !isExtension(entry) && !isLeftOut(entry)),
    ...inNaturalOrder(entries.filter(isExtension)),
  ];
}

function inNaturalOrder(entries: readonly ConfigEntry[]): ConfigEntry[] {
  return [...entries].sort(([one], [other]) => compareNaturally(one, other));
}

/** Attributes of the devices in `blkio_config`: the JSON form has them under their names in Go. */
const GO_NAMES: ReadonlySet<string> = new Set(["Path", "Rate", "Weight"]);

/** The JSON form says of these that they are not set; the YAML form says nothing. */
function isLeftOut([key, value]: ConfigEntry): boolean {
  if (key === "command" || key === "entrypoint") return value.kind === "literal";
  return SHOWN_IF_SET.has(key) && value.kind === "map" && value.entries.every(isLeftOut);
}

const SHOWN_IF_SET: ReadonlySet<string> = new Set(["placement", "resources", "ipam", "exec"]);

/** One that is not set is zero. */
function bothLimits(limit: ConfigNode): ConfigNode {
  if (limit.kind !== "map") return limit;
  const set = new Map(limit.entries);
  const zero: ConfigNode = { kind: "literal", text: "0" };
  return { kind: "map", entries: ["soft", "hard"].map((key) => [key, set.get(key) ?? zero]) };
}

function scalar(text: string, type: Scalar.Type): Scalar {
  const made = new Scalar(text);
  made.type = type;
  return made;
}

/** The plainest style that gives the text back, by the rules of go-yaml, which also spares readers of YAML 1.1. */
function styleOf(text: string): Scalar.Type {
  if (isUnprintable(text) || / \n/.test(text)) return Scalar.QUOTE_DOUBLE;
  if (text.includes("\n")) return text.endsWith(" ") ? Scalar.QUOTE_DOUBLE : Scalar.BLOCK_LITERAL;
  if (meansSomethingElse(text) || text.includes("\t")) return Scalar.QUOTE_DOUBLE;
  return NOT_PLAIN.test(text) ? Scalar.QUOTE_SINGLE : Scalar.PLAIN;
}

const NOT_PLAIN = /^(?:---|\.\.\.|[ #,[\]{}&*!|>'"%@`]|[-?:](?:\s|$))|:(?:\s|$)|\s#|\s$/;

/** The library writes no escapes where YAML wants them, such as for the delete character, and indents the first of empty lines. */
const TEXT: ScalarTag = {
  tag: "tag:yaml.org,2002:str",
  default: true,
  identify: (value) => typeof value === "string",
  resolve: (text) => text,
  stringify: (item, context, onComment, onChompKeep) => {
    if (item.type === Scalar.QUOTE_DOUBLE) return doubleQuoted(String(item.value));
    if (item.type === Scalar.BLOCK_LITERAL) return blockLiteral(String(item.value), context.indent);
    if (item.type === Scalar.BLOCK_FOLDED) return inOneLine(String(item.value));
    return stringifyString(item as Scalar<string>, context, onComment, onChompKeep);
  },
};

function inOneLine(text: string): string {
  const style = styleOf(text);
  if (style === Scalar.PLAIN) return text;
  return style === Scalar.QUOTE_SINGLE ? `'${text.replaceAll("'", "''")}'` : doubleQuoted(text);
}

/** Indented by two; without a line break at its end. */
function blockLiteral(text: string, indent: string): string {
  const indentation = /^[ \n]/.test(text) ? "2" : "";
  const chomping = !text.endsWith("\n") ? "-" : /^\n$|\n\n$/.test(text) ? "+" : "";
  const lines = text.replace(/\n$/, "").split("\n").map((line) => line === "" ? "" : indent + line);
  return `|${indentation}${chomping}\n${lines.join("\n")}`;
}
