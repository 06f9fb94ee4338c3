import { parseDotenv } from "../../compose/dotenv.ts";
import type { StringMap } from "../../compose/project.ts";
import { HomeportError } from "../../errors.ts";
import { type SopsError, sopsError } from "./sops_error.ts";
import type { SopsMap, SopsScalar, SopsValue } from "./tree.ts";
import { fixedFloat } from "./value_text.ts";

/**
 * The variables of a decrypted dotenv file: what Compose would read from it, so that encrypting a file changes nothing for its stack.
 */
export function dotenvVariables(plaintext: Uint8Array, file: string): StringMap {
  const text = new TextDecoder().decode(plaintext);
  const onUnset = (_name: string, line: number) => {
    throw sopsError(
      "A value of the decrypted file uses a variable that is not set",
      "put it in single quotes if it has a dollar sign",
      { file, line },
    );
  };
  try {
    return toObject(parseDotenv(text, file, () => undefined, { onUnset }));
  } catch (error) {
    if (!(error instanceof HomeportError) || error.consequence === "wait") throw error;
    throw sopsError(
      "The decrypted file is not NAME=value",
      "put a value with special characters in single quotes",
      { file, line: error.location?.line },
    );
  }
}

/** Every scalar of a tree. The name is made of the keys on the way to it, with `_` between. `null` gives no variable. */
export function treeVariables(documents: readonly SopsMap[], file: string): StringMap {
  const variables = new Map<string, string>();
  for (const [name, value, line] of documents.flatMap((document) => [...namedScalars(document, [])])) {
    if (variables.has(name)) throw twice(name, { file, line });
    const text = textOf(value);
    if (text !== undefined) variables.set(name, text);
  }
  return toObject(variables);
}

/** Also of files that are still encrypted, whose names are readable. */
export function* namedScalars(
  value: SopsValue,
  path: readonly string[],
  line?: number,
): Generator<[name: string, value: SopsScalar, line: number | undefined]> {
  switch (value.type) {
    case "map":
      for (const entry of value.entries) {
        if (entry.type === "pair") yield* namedScalars(entry.value, [...path, entry.key], entry.line ?? line);
      }
      return;
    case "list": {
      const items = value.items.filter((item) => !isComment(item));
      for (const [index, item] of items.entries()) yield* namedScalars(item, [...path, String(index)], line);
      return;
    }
    case "comment":
    case "null":
      return;
    default:
      yield [path.join("_"), value, line];
  }
}

/** In a list sops keeps encrypted comments as items. */
function isComment(value: SopsValue): boolean {
  return value.type === "comment" || (value.type === "text" && /^ENC\[.*,type:comment\]$/.test(value.text));
}

function twice(name: string, place: { file: string; line: number | undefined }): SopsError {
  return sopsError(`Two values of the file become the variable ${name}`, "rename one of the keys", place);
}

function textOf(value: SopsScalar): string | undefined {
  switch (value.type) {
    case "null":
      return undefined;
    case "text":
    case "time":
      return value.text;
    case "raw":
    case "bytes":
      return new TextDecoder().decode(value.bytes);
    case "int":
    case "bool":
      return String(value.value);
    case "float":
      return fixedFloat(value.value);
  }
}

function toObject(variables: ReadonlyMap<string, string>): StringMap {
  return Object.fromEntries(variables);
}
