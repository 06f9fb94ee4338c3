import { base64, utf8 } from "../bytes.ts";
import { sopsError } from "./sops_error.ts";
import type { SopsMap, SopsValue } from "./tree.ts";

/** As `sops -d` prints it: without the comments, which JSON has not. */
export function writeJson([map]: readonly SopsMap[], file: string): Uint8Array {
  return utf8(`${render(map ?? { type: "map", entries: [] }, "", file)}\n`);
}

function render(value: SopsValue, indent: string, file: string): string {
  switch (value.type) {
    case "map": {
      const pairs = value.entries.filter((entry) => entry.type === "pair");
      return block(
        "{",
        "}",
        indent,
        pairs.map((pair) => {
          return `${quote(pair.key)}: ${render(pair.value, `${indent}\t`, file)}`;
        }),
      );
    }
    case "list": {
      const items = value.items.filter(({ type }) => type !== "comment");
      return block("[", "]", indent, items.map((item) => render(item, `${indent}\t`, file)));
    }
    case "comment":
      return quote(value.text);
    case "null":
      return "null";
    case "text":
    case "time":
      return quote(value.text);
    case "raw":
      return quote(new TextDecoder().decode(value.bytes));
    case "bytes":
      return quote(base64(value.bytes));
    case "int":
    case "bool":
      return String(value.value);
    case "float":
      return number(value.value, file);
  }
}

function block(open: string, close: string, indent: string, parts: readonly string[]): string {
  if (parts.length === 0) return open + close;
  return `${open}\n${parts.map((part) => `${indent}\t${part}`).join(",\n")}\n${indent}${close}`;
}

/** Go also escapes what could end a script in a web page. */
function quote(text: string): string {
  return JSON.stringify(text).replace(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Like JavaScript: an exponent below 1e-6 and from 1e21 on. */
function number(value: number, file: string): string {
  if (!Number.isFinite(value)) {
    throw sopsError("A number is not finite, which JSON cannot say", "write it as a text", { file });
  }
  return Object.is(value, -0) ? "-0" : String(value);
}
