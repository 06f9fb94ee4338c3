/** What `docker compose config` prints of a project. */
import type { ConfigEntry, ConfigNode } from "./config_tree.ts";
import { jsonText } from "./go_json.ts";
import { isDate } from "./scalar.ts";
import { type KeyKind, keyKindIn, keyKindOf } from "./user_maps.ts";

/** As `--format json` prints it: without models, without inner extensions, and with `$` doubled, so that it can be loaded again. */
export function renderJson(tree: ConfigNode): string {
  return `${escapeDollars(indented(inJson(tree), "\n"))}\n`;
}

function inJson(tree: ConfigNode): ConfigNode {
  if (tree.kind !== "map") return tree;
  const sections = tree.entries.filter(([key]) => key !== "models");
  return {
    kind: "map",
    entries: sections.map(([key, value]) => [key, withoutExtensions(value, keyKindOf(key, "attributes"))]),
  };
}

function withoutExtensions(node: ConfigNode, keys: KeyKind): ConfigNode {
  if (node.kind === "list") {
    return { kind: "list", items: node.items.map((item) => withoutExtensions(item, keyKindIn(keys))) };
  }
  if (node.kind !== "map" || keys === "free") return node;
  const kept = node.entries.filter(([key]) => keys === "names" || !key.startsWith("x-"));
  return {
    kind: "map",
    entries: kept.map(([key, value]) => [key, withoutExtensions(value, keyKindOf(key, keys))]),
  };
}

export function escapeDollars(text: string): string {
  return text.replaceAll("$", "$$$$");
}

/** `line`: a line break and the indentation of the node itself. */
function indented(node: ConfigNode, line: string): string {
  const inner = `${line}  `;
  switch (node.kind) {
    case "map":
      return enclose("{}", node.entries.map((entry) => indentedEntry(entry, inner)), line);
    case "list":
      return enclose("[]", node.items.map((item) => indented(item, inner)), line);
    case "text":
      return jsonText(node.value);
    case "literal":
      return isDate(node.text) ? jsonText(node.text) : node.text;
  }
}

function indentedEntry([key, value]: ConfigEntry, line: string): string {
  return `${jsonText(key)}: ${indented(value, line)}`;
}

function enclose(brackets: "{}" | "[]", parts: readonly string[], line: string): string {
  if (parts.length === 0) return brackets;
  const [open, close] = brackets;
  return `${open}${line}  ${parts.join(`,${line}  `)}${line}${close}`;
}
