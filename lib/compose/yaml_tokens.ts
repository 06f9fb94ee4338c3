import { CST, type LineCounter, Parser } from "yaml";
import { ConfigurationError } from "../errors.ts";
import { AliasChains } from "./alias_chains.ts";
import { MAX_DEPTH } from "./construct.ts";
import { Indentation } from "./yaml_indentation.ts";
import { lexYaml } from "./yaml_lexer.ts";

/**
 * The text's tokens, up to the first error. What follows an error is not read, and what nests too deep is refused at once: otherwise a
 * spoiled file may take seconds.
 */
export function readTokens(text: string, file: string, lines: LineCounter): CST.Token[] {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  const chains = new AliasChains();
  const indentation = new Indentation();
  let isText = false;
  for (const each of lexYaml(text)) {
    const isQuoted: boolean = !isText && each[0] === '"';
    if (isQuoted) refuseEscapes(each, parser.offset, file, lines);
    const lexeme: string = isQuoted ? withoutEscapedApostrophes(each) : each;
    if (indentation.isBrokenBy(each, isText, parser.stack)) throw tabbed(parser, file, lines);
    for (const token of parser.next(lexeme)) tokens.push(token);
    const innermost = parser.stack.at(-1);
    if (tokens.at(-1)?.type === "error" || isBroken(innermost)) break;
    if (parser.stack.length > MAX_DEPTH + 1 && CST.isCollection(innermost!)) {
      throw tooDeep(`Mappings and lists are nested more than ${MAX_DEPTH} levels deep`, parser, file, lines);
    }
    if (lexeme[0] === "*" && !isText && chains.isTooLong(lexeme.slice(1), parser.stack)) {
      throw tooDeep("Aliases nest too deep", parser, file, lines);
    }
    isText = lexeme === CST.SCALAR;
  }
  tokens.push(...parser.end());
  return tokens;
}

/** Whether something follows that cannot; a closing bracket may come first. */
function isBroken(token: CST.Token | undefined): boolean {
  if (token === undefined || !("end" in token) || token.end === undefined || token.end.length < 2) {
    return false;
  }
  return !["space", "comment", "newline"].includes(token.end.at(-1)!.type);
}

/** Pairs of escapes, as JSON has them for rare characters, are broken YAML. */
const ESCAPE = /\\(?:u[dD][89a-fA-F]..|U0000[dD][89a-fA-F]..|.)/gs;

function refuseEscapes(quoted: string, offset: number, file: string, lines: LineCounter): void {
  if (!/\\[uU/]/.test(quoted)) return;
  for (const { 0: escape, index } of quoted.matchAll(ESCAPE)) {
    const isHalf = escape.length > 2;
    if (!isHalf && escape !== "\\/") continue;
    const { line, col } = lines.linePos(offset + index);
    throw new ConfigurationError(`Broken YAML: ${escape} is ${isHalf ? "half a character" : "no escape"}`, {
      hint: "write the character itself",
      location: { file, line, column: col },
    });
  }
}

/** The reference takes `\'` for an apostrophe, and the library does not. */
function withoutEscapedApostrophes(quoted: string): string {
  return quoted.replace(/\\(.)/gs, (escape, char) => char === "'" ? "\\x27" : escape);
}

function tabbed(parser: Parser, file: string, lines: LineCounter): ConfigurationError {
  const { line, col } = lines.linePos(parser.offset);
  return new ConfigurationError("Broken YAML: Tabs are not allowed as indentation", {
    hint: "indent with spaces, not with tabs",
    location: { file, line, column: col },
  });
}

function tooDeep(message: string, parser: Parser, file: string, lines: LineCounter): ConfigurationError {
  const { line, col } = lines.linePos(parser.offset);
  return new ConfigurationError(message, {
    hint: "make the file flatter",
    location: { file, line, column: col },
  });
}
