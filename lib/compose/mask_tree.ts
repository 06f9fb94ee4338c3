/** Hides secrets in what is shown of a project. */
import type { ConfigEntry, ConfigNode } from "./config_tree.ts";
import { type KeyKind, keyKindIn, keyKindOf } from "./user_maps.ts";

const MASK = "***";

export interface Secrets {
  readonly values: readonly string[];
  /**
   * The same project with other values in place of the secrets: where both trees are the same, no secret went in, and where they
   * differ, one did, in whatever form.
   */
  readonly twin?: { readonly tree: ConfigNode; readonly values: readonly string[] };
  /** Those of the values that are the same in both: every text that holds one is masked. */
  readonly untold: readonly string[];
}

export function maskTree(tree: ConfigNode, secrets: Secrets): ConfigNode {
  const { values, twin, untold } = secrets;
  const masked = twin === undefined ? tree : maskByTwin(tree, twin.tree, {
    own: longestFirst(values),
    twin: longestFirst(twin.values),
  });
  const rest = longestFirst(untold.filter((value) => !TRUTH.test(value)));
  return rest.length === 0 ? masked : maskByValue(masked, rest, "attributes");
}

function longestFirst(values: readonly string[]): string[] {
  return values.filter((value) => value !== "").sort((one, other) => other.length - one.length);
}

/** Words that are everywhere, and tell nothing. */
const TRUTH = /^(?:true|false|yes|no|on|off|y|n)$/i;

interface Values {
  readonly own: readonly string[];
  readonly twin: readonly string[];
}

function maskByTwin(node: ConfigNode, twin: ConfigNode, values: Values): ConfigNode {
  if (node.kind === "map" && twin.kind === "map") {
    const others = new Map(twin.entries);
    return {
      kind: "map",
      entries: node.entries.map(([key, value]) => {
        const other = others.get(key);
        return other === undefined
          ? [replaceAll(key, values.own) === key ? MASK : replaceAll(key, values.own), hide(value)]
          : [key, maskByTwin(value, other, values)];
      }),
    };
  }
  if (node.kind === "list" && twin.kind === "list" && node.items.length === twin.items.length) {
    return {
      kind: "list",
      items: node.items.map((item, index) => maskByTwin(item, twin.items[index]!, values)),
    };
  }
  if (node.kind === "text" && twin.kind === "text") return maskText(node, twin.value, values);
  return node.kind === "literal" && twin.kind === "literal" && node.text === twin.text ? node : hide(node);
}

/** What is left beside the secrets is shown when it is certain that nothing of them is in it: it is the same in both. */
function maskText(
  node: { readonly kind: "text"; readonly value: string },
  twin: string,
  values: Values,
): ConfigNode {
  if (node.value === twin) return node;
  const rest = replaceAll(node.value, values.own);
  return { kind: "text", value: rest === replaceAll(twin, values.twin) ? rest : MASK };
}

/** Everything that a secret had to do with, in a form that cannot be told. */
function hide(node: ConfigNode): ConfigNode {
  if (node.kind === "map") {
    return { kind: "map", entries: node.entries.map(([key, value]) => [key, hide(value)]) };
  }
  if (node.kind === "list") return { kind: "list", items: node.items.map(hide) };
  return { kind: "text", value: MASK };
}

/** Keys of the specification are never secret. */
function maskByValue(node: ConfigNode, values: readonly string[], keys: KeyKind): ConfigNode {
  switch (node.kind) {
    case "map":
      return {
        kind: "map",
        entries: node.entries.map(([key, value]): ConfigEntry => [
          keys === "attributes" ? key : replaceKnown(key, values),
          maskByValue(value, values, keyKindOf(key, keys)),
        ]),
      };
    case "list":
      return { kind: "list", items: node.items.map((item) => maskByValue(item, values, keyKindIn(keys))) };
    case "text":
      return { kind: "text", value: replaceKnown(node.value, values) };
    case "literal":
      return values.includes(node.text) ? { kind: "text", value: MASK } : node;
  }
}

/** A short one stands in many a text by chance: it counts where it is all of the text. */
function replaceKnown(text: string, values: readonly string[]): string {
  return values.includes(text) ? MASK : replaceAll(text, values.filter((value) => value.length >= SHORT));
}

const SHORT = 4;

function replaceAll(text: string, values: readonly string[]): string {
  return values.reduce((masked, value) => masked.replaceAll(value, MASK), text);
}
