/** Which texts YAML must quote to give them back, by the rules of go-yaml, and how it writes them in double quotes. */
import { findPlainMeaning } from "./scalar.ts";

const UNPRINTABLE = /[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/u;
const OLD_BOOLEAN = /^(?:[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/;
const SEXAGESIMAL = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

/** Whether a character of it needs an escape. */
export function isUnprintable(text: string): boolean {
  return UNPRINTABLE.test(text);
}

/** Whether it would be no text without quotes, also to readers of YAML 1.1. */
export function meansSomethingElse(text: string): boolean {
  return findPlainMeaning(text) !== undefined || OLD_BOOLEAN.test(text) || SEXAGESIMAL.test(text);
}

export function doubleQuoted(text: string): string {
  const escaped = Array.from(
    text,
    (char) => ESCAPES[char] ?? (isUnprintable(char) ? escapeCode(char) : char),
  );
  return `"${escaped.join("")}"`;
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

function escapeCode(char: string): string {
  const code = char.codePointAt(0)!;
  const digits = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${digits.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`;
}
