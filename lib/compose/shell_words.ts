/**
 * Splits a command string into words, as `docker compose` does: quotes and backslashes count, variables and substitutions stay
 * as they are written, and an unquoted `;`, `&`, `|`, `<` or `>` ends the command.
 *
 * `undefined` when a quote or a bracket is not closed.
 */
export function splitShellWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word = "";
  let started = false;
  let escaped = false;
  let quote: "" | "'" | '"' = "";
  let substitution: "" | "`" | "(" = "";

  for (const char of line) {
    if (escaped) {
      word += char;
      escaped = false;
      started = true;
    } else if (char === "\\" && quote !== "'") {
      escaped = true;
    } else if (SPACE.test(char) && quote === "" && substitution === "") {
      if (started) words.push(word);
      word = "";
      started = false;
    } else if (SPACE.test(char)) {
      word += char;
    } else if ((char === "'" || char === '"') && (quote === "" || quote === char) && substitution !== "(") {
      // An opening quote alone does not begin a word; the closing one does, so that '' is an empty word.
      if (quote !== "") started = true;
      quote = quote === "" ? char : "";
    } else {
      if (char === "(" && quote === "" && substitution !== "`") {
        if (substitution !== "" || !word.endsWith("$")) return undefined;
        substitution = "(";
        word += char;
        continue;
      }
      if (char === ")" && quote === "" && substitution !== "`") substitution = substitution === "" ? "(" : "";
      if (char === "`" && quote === "" && substitution !== "(") substitution = substitution === "" ? "`" : "";
      if (END.test(char) && quote === "" && substitution === "") {
        // `2>file`: the number belongs to the redirection.
        if (char === ">" && /^[0-9]/.test(word)) started = false;
        break;
      }
      word += char;
      started = true;
    }
  }
  if (started) words.push(word);
  return escaped || quote !== "" || substitution !== "" ? undefined : words;
}

const SPACE = /[ \t\r\n]/;
const END = /[;&|<>]/;
