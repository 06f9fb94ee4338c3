import { isUnprintable, meansSomethingElse } from "../../compose/yaml_quoting.ts";
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

const NOT_PLAIN = /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`]|[-?:](?:[ \t]|$))|:(?:[ \t]|$)|[ \t\n]#|^[ \n]|[ \n]$/;

/** The plainest style that gives the text back, by the rules of go-yaml. */
export function styleText(text: string): StyledScalar {
  if (isUnprintable(text) || text.includes(" \n")) return { text, style: "double" };
  if (text.includes("\n")) return { text, style: text.endsWith(" ") ? "double" : "literal" };
  if (text === "<<") return { text, style: "plain", tag: "!!merge" };
  if (meansSomethingElse(text) || text.includes("\t")) return { text, style: "double" };
  return { text, style: NOT_PLAIN.test(text) ? "single" : "plain" };
}
