/** Escapes within double quotes. What is none stays as it is; `\$` becomes `$$`, which later is a dollar sign. */
export function expandEscapes(text: string): string {
  return text.includes("\\") ? text.replace(ESCAPE, meaningOf) : text;
}

const ESCAPE = /\\(?:[abcfnrtv$"\\]|0[0-9]{0,3})/g;

const MEANINGS: Readonly<Record<string, string>> = {
  "\\a": "\x07",
  "\\b": "\b",
  "\\f": "\f",
  "\\n": "\n",
  "\\r": "\r",
  "\\t": "\t",
  "\\v": "\v",
  '\\"': '"',
  "\\\\": "\\",
  "\\$": "$$",
};

function meaningOf(escape: string): string {
  const meaning = MEANINGS[escape];
  if (meaning !== undefined) return meaning;
  return escape.startsWith("\\0") ? octal(escape.slice(2)) : escape;
}

/** Three octal digits behind the zero, of at most 255. With others the zero is lost, as in Compose. */
function octal(digits: string): string {
  const code = /^[0-7]{3}$/.test(digits) ? parseInt(digits, 8) : 256;
  return code < 256 ? String.fromCharCode(code) : `\\${digits}`;
}
