import { findPlainMeaning } from "../../compose/scalar.ts";
import { base64 } from "../bytes.ts";
import type { SopsScalar } from "./tree.ts";
import { shortFloat } from "./value_text.ts";

export type YamlStyle = "plain" | "single" | "double" | "literal";

/** A scalar as it is written. */
export interface StyledScalar {
  readonly text: string;
  readonly style: YamlStyle;
  readonly tag?: string;
}

export function styleScalar(value: Exclude<SopsScalar, { type: "bytes" }>): StyledScalar {
  switch (value.type) {
    case "null":
      return plain("null");
    case "text":
      return styleText(value.text);
    case "raw":
      return styleBinary(value.bytes);
    case "int":
    case "bool":
      return plain(String(value.value));
    case "float":
      return plain(FLOATS[shortFloat(value.value)] ?? shortFloat(value.value));
    case "time":
      return plain(value.text);
  }
}

const FLOATS: Readonly<Record<string, string>> = { "+Inf": ".inf", "-Inf": "-.inf", NaN: ".nan" };

function plain(text: string): StyledScalar {
  return { text, style: "plain" };
}

const BASE64_LINE = 70;

function styleBinary(bytes: Uint8Array): StyledScalar {
  const digits = base64(bytes);
  const lines = digits.match(new RegExp(`.{1,${BASE64_LINE}}`, "g")) ?? [];
  const text = lines.length < 2 ? digits : `${lines.join("\n")}\n`;
  return { text, style: lines.length < 2 ? "plain" : "literal", tag: "!!binary" };
}

const UNPRINTABLE = /[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;
const NOT_PLAIN = /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[-?:](?:[ \t]|$))|:(?:[ \t]|$)|[ \t\n]#|^[ \n]|[ \n]$/;
const OLD_BOOLEAN = /^(?:[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/;
const SEXAGESIMAL = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

/** The plainest style that gives the text back, by the rules of go-yaml. */
export function styleText(text: string): StyledScalar {
  if (UNPRINTABLE.test(text) || text.includes(" \n")) return { text, style: "double" };
  if (text.includes("\n")) return { text, style: text.endsWith(" ") ? "double" : "literal" };
  if (text === "<<") return { text, style: "plain", tag: "!!merge" };
  if (meansSomethingElse(text) || text.includes("\t")) return { text, style: "double" };
  return { text, style: NOT_PLAIN.test(text) ? "single" : "plain" };
}

function meansSomethingElse(text: string): boolean {
  return findPlainMeaning(text) !== undefined || OLD_BOOLEAN.test(text) || SEXAGESIMAL.test(text);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\0": "\\0",
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\x1b": "\\e",
  "\x85": "\\N",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

export function doubleQuoted(text: string): string {
  const escaped = Array.from(
    text,
    (char) => ESCAPES[char] ?? (UNPRINTABLE.test(char) ? escapeCode(char) : char),
  );
  return `"${escaped.join("")}"`;
}

function escapeCode(char: string): string {
  const code = char.codePointAt(0)!;
  const digits = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${digits.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}
