import {
  type CommentedChild,
  type CommentedNode,
  type CommentedScalar,
  parseCommentedYaml,
} from "../../compose/commented_yaml.ts";
import { findPlainMeaning, type ResolvedScalar } from "../../compose/scalar.ts";
import { ConfigurationError } from "../../errors.ts";
import { findBase64 } from "../bytes.ts";
import { toRfc3339 } from "./go_time.ts";
import { sopsError } from "./sops_error.ts";
import { type SopsEntry, type SopsMap, type SopsScalar, type SopsValue, textValue } from "./tree.ts";

/** One mapping a document. What scalars mean is as in go-yaml, which sops reads its files with. */
export function readYaml(text: string, file: string): SopsMap[] {
  return parse(text, file).map((node) => {
    if (node.kind === "scalar" && meaningOf(node)?.kind === "null") return { type: "map", entries: [] };
    if (node.kind === "map") return mapOf(node.children, file);
    throw sopsError("Not a file of sops: its YAML is no mapping", "write NAME: value", { file });
  });
}

/** go-yaml closes brackets that hold nothing but comments at the line's start, which the parser takes for the end of the file. */
const OUTDENTED_BRACKET = /^(?=[}\]])/gm;
const DEEPEST = " ".repeat(500);

/** What the parser says is not repeated: it may quote the file. */
function parse(text: string, file: string): CommentedNode[] {
  try {
    return parseCommentedYaml(text.replace(OUTDENTED_BRACKET, DEEPEST), file);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    const hint = "fetch the file again, or encrypt it with sops again";
    throw sopsError("Broken YAML", hint, { file, line: error.location?.line });
  }
}

function mapOf(children: readonly CommentedChild[], file: string): SopsMap {
  return {
    type: "map",
    entries: children.map((child): SopsEntry => {
      if (child.kind === "comment") return { type: "comment", text: child.text, inline: child.inline };
      const { key, line } = child;
      return {
        type: "pair",
        key: keyOf(key!, { file, line }),
        value: valueOf(child.value, file, line),
        line,
      };
    }),
  };
}

function keyOf(node: CommentedNode, place: { file: string; line: number }): string {
  const key = node.kind === "scalar" ? scalarOf(node, place) : undefined;
  if (key?.type === "text") return key.text;
  throw sopsError("A key is no text", "put it in quotes and encrypt the file with sops again", place);
}

function valueOf(node: CommentedNode, file: string, line: number): SopsValue {
  switch (node.kind) {
    case "map":
      return mapOf(node.children, file);
    case "list":
      return {
        type: "list",
        items: node.children.map((child) =>
          child.kind === "comment"
            ? { type: "comment", text: child.text, inline: child.inline }
            : valueOf(child.value, file, child.line)
        ),
      };
    case "scalar":
      return scalarOf(node, { file, line });
  }
}

function scalarOf(node: CommentedScalar, place: { file: string; line: number }): SopsScalar {
  const { text, tag } = node;
  if (tag === "!!binary") {
    const bytes = findBase64(text.replace(/[\r\n]/g, ""));
    return bytes === undefined ? { type: "null" } : textValue(bytes);
  }
  const meaning = meaningOf(node);
  switch (meaning?.kind) {
    case undefined:
      return tag === undefined || !RESOLVED.has(tag) ? { type: "text", text } : { type: "null" };
    case "null":
      return { type: "null" };
    case "boolean":
      return { type: "bool", value: meaning.value };
    case "int":
      return integer(BigInt(meaning.value), tag, place);
    case "float":
      return { type: "float", value: meaning.value.value };
    case "date":
      return { type: "time", text: toRfc3339(text) };
  }
}

/** Quotes make a text, a tag may make it something else again. */
function meaningOf({ text, plain, tag }: CommentedScalar): ResolvedScalar | undefined {
  if (tag === undefined ? !plain || text === "<<" : !RESOLVED.has(tag)) return undefined;
  const meaning = findPlainMeaning(text);
  if (tag === undefined || meaning === undefined) return meaning;
  const fits = RESOLVED.get(tag) === meaning.kind || (tag === "!!float" && meaning.kind === "int");
  return fits ? meaning : undefined;
}

const RESOLVED: ReadonlyMap<string, ResolvedScalar["kind"]> = new Map([
  ["!!null", "null"],
  ["!!bool", "boolean"],
  ["!!int", "int"],
  ["!!float", "float"],
  ["!!timestamp", "date"],
]);

function integer(value: bigint, tag: string | undefined, place: { file: string; line: number }): SopsScalar {
  if (tag === "!!float") return { type: "float", value: Number(value) };
  if (value < 2n ** 63n) return { type: "int", value };
  throw sopsError("A number is larger than sops can hold", "put it in quotes", place);
}
