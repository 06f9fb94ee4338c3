import { ConfigurationError } from "../errors.ts";
import { expandEscapes } from "./dotenv_escapes.ts";
import { interpolate, type Lookup } from "./interpolate_text.ts";

export interface DotenvOptions {
  /** Variables of files read before: values may use them, and they are replaced. Default: a new map. */
  readonly into?: Map<string, string>;
  /** Told of a variable that is not set and became blank. */
  readonly onUnset?: (name: string, line: number) => void;
  /** Told of every variable, and where it stands. */
  readonly onName?: (name: string, line: number) => void;
}

/**
 * Reads a `.env` file. Values may use what `lookup` has and, after that, the variables before them. A name without `=` takes its
 * value from `lookup`, or is left out.
 */
export function parseDotenv(
  text: string,
  file: string,
  lookup: Lookup,
  options: DotenvOptions = {},
): Map<string, string> {
  const variables = options.into ?? new Map<string, string>();
  const reader: Reader = {
    text: text.replace(/^\uFEFF/, ""),
    file,
    lookup,
    variables,
    onUnset: options.onUnset,
    onName: options.onName,
  };
  for (let at = statementStart(reader.text, 0); at < reader.text.length;) {
    at = statementStart(reader.text, readStatement(reader, at));
  }
  return variables;
}

interface Reader {
  readonly text: string;
  readonly file: string;
  readonly lookup: Lookup;
  readonly variables: Map<string, string>;
  readonly onUnset: DotenvOptions["onUnset"];
  readonly onName: DotenvOptions["onName"];
}

/** Blanks as Go's `unicode.IsSpace` knows them; a no-break space and the like count. */
const SPACE = "\\t\\n\\v\\f\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const BLANKS_AND_COMMENTS = new RegExp(`(?:[${SPACE}]|#[^\\n]*)*`, "y");
const TRAILING_SPACE = new RegExp(`[${SPACE}]+$`);
/** Within a line. */
const BLANKS = /[\t\v\f\r \x85\xa0]*/y;
const EXPORT = /export[\t\n\f\r ]+/y;
const NAME = /[\t\v\f\r \x85\xa0_.\-[\]\p{L}\p{N}]*/uy;

function statementStart(text: string, at: number): number {
  return at + matchAt(BLANKS_AND_COMMENTS, text, at).length;
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}

/** Gives the place behind the statement. */
function readStatement(reader: Reader, start: number): number {
  const { text, variables } = reader;
  const nameStart = matchAt(EXPORT, text, start) === "" ? start : skipBlanks(text, start + "export".length);
  const written = matchAt(NAME, text, nameStart);
  const nameEnd = nameStart + written.length;
  const name = written.replace(TRAILING_SPACE, "");
  const separator = text[nameEnd];
  if (separator !== undefined && !"=:\n".includes(separator)) throw badName(reader, nameStart, nameEnd);
  if (name.includes(" ")) throw nameWithSpace(reader, nameStart);
  reader.onName?.(name, lineOf(reader, nameStart));
  if (separator === undefined || separator === "\n") {
    const inherited = reader.lookup(name);
    if (inherited !== undefined) variables.set(name, inherited);
    return nameEnd + 1;
  }
  const { value, end } = readValue(reader, skipBlanks(text, nameEnd + 1));
  variables.set(name, value);
  return end;
}

function skipBlanks(text: string, at: number): number {
  return at + matchAt(BLANKS, text, at).length;
}

interface ReadValue {
  readonly value: string;
  readonly end: number;
}

function readValue(reader: Reader, start: number): ReadValue {
  const quote = reader.text[start];
  return quote === '"' || quote === "'" ? readQuoted(reader, start, quote) : readUnquoted(reader, start);
}

/** Up to the line's end, or to a comment, which needs a space before it. */
function readUnquoted(reader: Reader, start: number): ReadValue {
  const newline = reader.text.indexOf("\n", start);
  const end = newline === -1 ? reader.text.length : newline;
  const line = reader.text.slice(start, end);
  const comment = line.indexOf(" #");
  const value = (comment === -1 ? line : line.slice(0, comment)).replace(TRAILING_SPACE, "");
  return { value: expand(value, reader, start), end: end + 1 };
}

/** Over several lines if need be. Within single quotes nothing has a meaning but `\'`. */
function readQuoted(reader: Reader, start: number, quote: '"' | "'"): ReadValue {
  const { text } = reader;
  let value = "";
  for (let at = start + 1; at < text.length; at++) {
    const sign = text[at]!;
    if (sign === quote) {
      return { value: quote === '"' ? expand(expandEscapes(value), reader, start) : value, end: at + 1 };
    }
    if (sign === "\\" && at + 1 < text.length) {
      const escaped = text[++at]!;
      value += escaped === quote ? quote : `\\${escaped}`;
    } else {
      value += sign;
    }
  }
  throw failure(reader, start, `The value that starts with ${quote} has no end`, `add the closing ${quote}`);
}

function expand(value: string, reader: Reader, at: number): string {
  const { lookup, variables, onUnset } = reader;
  try {
    return interpolate(value, (name) => lookup(name) ?? variables.get(name), {
      unset: (name) => onUnset?.(name, lineOf(reader, at)),
    });
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw failure(
      reader,
      at,
      "A variable's value cannot be worked out",
      "write ${NAME} or put the value in single quotes",
    );
  }
}

function badName(reader: Reader, start: number, at: number): ConfigurationError {
  const sign = String.fromCodePoint(reader.text.codePointAt(at)!);
  return failure(
    reader,
    start,
    `The name of a variable holds ${JSON.stringify(sign)}`,
    "write NAME=value, the name of letters, digits, _, - and . only",
  );
}

function nameWithSpace(reader: Reader, start: number): ConfigurationError {
  return failure(reader, start, "The name of a variable holds a space", "write NAME=value");
}

/** Texts of the file are never shown: they may be secrets, or pieces of one that runs over several lines. */
function failure(reader: Reader, at: number, message: string, hint: string): ConfigurationError {
  return new ConfigurationError(message, { hint, location: { file: reader.file, line: lineOf(reader, at) } });
}

function lineOf(reader: Reader, at: number): number {
  return reader.text.slice(0, at).split("\n").length;
}
