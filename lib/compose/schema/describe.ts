import { isMapping, type Value } from "../value.ts";
import type { Rule, ScalarRule } from "./rule.ts";

/** What a rule accepts, in words: "a list or a mapping". */
export function describe(rule: Rule): string {
  return joinWords([...new Set(wordsOf(rule))]);
}

function wordsOf(rule: Rule): string[] {
  switch (rule.is) {
    case "choice":
      return rule.options.flatMap(wordsOf);
    case "list":
      return ["a list"];
    case "names":
    case "attributes":
      return ["a mapping"];
    case "scalar":
      return scalarWords(rule);
  }
}

function scalarWords({ types, minimum, maximum, values, wants }: ScalarRule): string[] {
  if (wants !== undefined) return [wants];
  if (values !== undefined) return values.map((value) => `"${value}"`);
  const has = (type: ScalarRule["types"][number]) => types.includes(type);
  if (minimum !== undefined) {
    return [
      maximum === undefined
        ? `a whole number of at least ${minimum}`
        : `a whole number from ${minimum} to ${maximum}`,
    ];
  }
  const words = [];
  if (has("number")) words.push("a number");
  if (has("integer")) words.push("a whole number");
  if (has("boolean")) words.push("true or false");
  if (has("string") && (types.length === 1 || has("null") || (has("number") && has("boolean")))) {
    words.push("a text");
  }
  if (has("null")) words.push("empty");
  return words;
}

function joinWords(words: readonly string[]): string {
  if (words.length < 2) return words[0] ?? "nothing";
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** A value as an error shows it. */
export function show(value: Value): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
  if (value === null) return "empty";
  if (Array.isArray(value)) return "a list";
  return isMapping(value) ? "a mapping" : String(value);
}
