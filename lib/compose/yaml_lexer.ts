import { Lexer } from "yaml";

/** The parts of the library's lexer that are changed here; it offers no other way. */
interface LexerParts {
  indentNext: number;
  parseFlowCollection(): Generator<string, unknown>;
  parseQuotedScalar(): Generator<string, unknown>;
}

/** Within brackets and quotes, lines may begin in any column, as go-yaml has it. */
export function lexYaml(text: string): Generator<string> {
  const lexer = new Lexer();
  const parts = lexer as unknown as LexerParts;
  const { parseFlowCollection, parseQuotedScalar } = parts;
  parts.parseFlowCollection = () => inAnyColumn(parts, parseFlowCollection);
  parts.parseQuotedScalar = () => inAnyColumn(parts, parseQuotedScalar);
  return lexer.lex(text);
}

function* inAnyColumn(parts: LexerParts, parse: LexerParts["parseQuotedScalar"]): Generator<string, unknown> {
  const { indentNext } = parts;
  parts.indentNext = 0;
  const next = yield* parse.call(parts);
  parts.indentNext = indentNext;
  return next;
}
