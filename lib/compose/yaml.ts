import { Composer, type CST, type Document, LineCounter, Schema, type YAMLError } from "yaml";
import { ConfigurationError } from "../errors.ts";
import { Construction, type Directive } from "./construct.ts";
import type { Locations } from "./locations.ts";
import type { Value } from "./value.ts";
import { refuseDirectives } from "./yaml_directives.ts";
import { readTokens } from "./yaml_tokens.ts";

/** One document of a file; most files hold one. */
export interface YamlDocument {
  readonly value: Value;
  /** What the tags `!reset` and `!override` say about the files before this one. */
  readonly directives: readonly Directive[];
  /** Where it begins. */
  readonly line: number;
}

/**
 * Reads a Compose file as Compose does, which is not quite YAML 1.2: see `scalar.ts` for what plain words mean. The values are new
 * objects, also where an alias repeats an anchor, so that they may be changed.
 */
export function parseYaml(text: string, file: string, locations: Locations): YamlDocument[] {
  const { documents, lines } = composeYaml(text, file);
  const construction = new Construction(file, lines, locations);
  return documents.map((document) => ({
    ...construction.document(document.contents),
    line: lines.linePos((document.contents ?? document).range[0]).line,
  }));
}

/** Nodes of the library, before they get a meaning. */
export interface ComposedYaml {
  readonly documents: readonly Document.Parsed[];
  readonly tokens: readonly CST.Token[];
  readonly lines: LineCounter;
}

/** `keepSourceTokens`: the nodes know the tokens that they were made of. */
export function composeYaml(text: string, file: string, keepSourceTokens = false): ComposedYaml {
  const lines = new LineCounter();
  refuseControlCharacters(text, file);
  // A lone carriage return ends a line, and a NEL does so in the middle of a text, where it becomes a blank.
  const tokens = readTokens(text.replace(/\r(?!\n)/g, "\n").replace(/ ?\x85[ \t]*/g, " "), file, lines);
  refuseDirectives(tokens, file, lines);
  const composer = new Composer({ ...OPTIONS, keepSourceTokens });
  const documents: Document.Parsed[] = [];
  for (const document of composer.compose(tokens, false, text.length)) {
    refuseErrors(document, file, lines);
    documents.push(document);
  }
  return { documents, tokens, lines };
}

/** Tags and plain scalars keep their text; `construct.ts` gives them their meaning. */
const OPTIONS = {
  schema: new Schema({ schema: "failsafe", resolveKnownTags: false }),
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: "silent",
} as const;

/** Behind a quote or a bracket, go-yaml needs no blank before a comment. */
const COMMENT_AT_ONCE = "Comments must be separated from other tokens";

function refuseErrors(document: Document.Parsed, file: string, lines: LineCounter): void {
  // Those after the first may come of it.
  const errors = document.errors.filter(({ message }) => !message.startsWith(COMMENT_AT_ONCE));
  const [first] = errors.sort((one, other) => one.pos[0] - other.pos[0]);
  if (first !== undefined) throw describe(first, file, lines);
}

function describe(error: YAMLError, file: string, lines: LineCounter): ConfigurationError {
  const { line, col } = lines.linePos(error.pos[0]);
  const hint = HINTS[error.code] ??
    "mend the line; a text that holds `: `, ` #` or starts with a sign needs quotes";
  return new ConfigurationError(`Broken YAML: ${error.message}`, {
    hint,
    location: { file, line, column: col },
  });
}

const HINTS: Readonly<Partial<Record<YAMLError["code"], string>>> = {
  TAB_AS_INDENT: "indent with spaces, not with tabs",
  BAD_INDENT: "line it up with the lines that it belongs to",
  MISSING_CHAR: "add the missing character, or put the text in quotes",
};

// deno-lint-ignore no-control-regex
const CONTROL_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;

function refuseControlCharacters(text: string, file: string): void {
  const at = text.search(CONTROL_CHARACTER);
  if (at === -1) return;
  const code = text.charCodeAt(at).toString(16).toUpperCase().padStart(4, "0");
  const before = text.slice(0, at).split("\n");
  throw new ConfigurationError(`Broken YAML: control character U+${code}`, {
    hint: "remove it, or write it as an escape in double quotes",
    location: { file, line: before.length, column: before.at(-1)!.length + 1 },
  });
}
