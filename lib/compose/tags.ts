import { findPlainMeaning } from "./scalar.ts";
import { Float, type Value } from "./value.ts";

const LONG_PREFIX = "tag:yaml.org,2002:";

export function shortTag(tag: string): string {
  return tag.startsWith(LONG_PREFIX) ? `!!${tag.slice(LONG_PREFIX.length)}` : tag;
}

/** What a scalar with this tag means; undefined when its text does not fit. Tags that YAML does not know leave it a string. */
export function findTaggedValue(tag: string, text: string): Value | undefined {
  if (tag === "!!binary") return decodeBase64(text);
  const kind = KINDS[tag];
  if (kind === undefined) return text;
  const meaning = findPlainMeaning(text);
  if (meaning === undefined || meaning.kind === "date") return undefined;
  if (meaning.kind === "int" && kind === "float") return new Float(Number(meaning.value));
  if (meaning.kind !== kind) return undefined;
  return meaning.kind === "null" ? null : meaning.value;
}

const KINDS: Readonly<Record<string, "null" | "boolean" | "int" | "float" | "date">> = {
  "!!null": "null",
  "!!bool": "boolean",
  "!!int": "int",
  "!!float": "float",
  "!!timestamp": "date",
};

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function decodeBase64(text: string): string | undefined {
  const digits = text.replace(/[\r\n]/g, "");
  if (!BASE64.test(digits)) return undefined;
  return new TextDecoder().decode(Uint8Array.from(atob(digits), (character) => character.charCodeAt(0)));
}
