/**
 * Makes a regular expression of Go one of JavaScript. Undefined for what Go refuses and for what cannot be said here, rather than an
 * expression that matches something else. Syntax: https://pkg.go.dev/regexp/syntax
 */
export function findGoRegex(source: string): RegExp | undefined {
  try {
    return new RegExp(new Translation(source).translate(), "u");
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const CLASSES: Readonly<Record<string, string>> = {
  alnum: "0-9A-Za-z",
  alpha: "A-Za-z",
  ascii: "\\x00-\\x7f",
  blank: "\\t ",
  cntrl: "\\x00-\\x1f\\x7f",
  digit: "0-9",
  graph: "!-~",
  lower: "a-z",
  print: " -~",
  punct: "!-\\/:-@\\[-`\\{-~",
  space: "\\t-\\r ",
  upper: "A-Z",
  word: "0-9A-Za-z_",
};

/** Go's `\s` knows no vertical tab and no space beyond ASCII. */
const ESCAPES: Readonly<Record<string, string>> = {
  A: "(?<![\\s\\S])",
  z: "(?![\\s\\S])",
  s: "[\\t\\n\\f\\r ]",
  S: "[^\\t\\n\\f\\r ]",
  a: "\\x07",
};
const SYNTAX = /[\^$\\.*+?()[\]{}|/]/;

class Translation {
  #at = 0;
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  translate(): string {
    const translated = this.#alternatives();
    if (this.#at < this.#source.length) throw new SyntaxError("unopened group");
    return translated;
  }

  /** Up to the end of a group. `(?i)` holds up to there, and so becomes a group of its own. */
  #alternatives(): string {
    let translated = "";
    let opened = "";
    const close = () => ")".repeat(opened.split("(").length - 1);
    while (this.#at < this.#source.length && this.#source[this.#at] !== ")") {
      const flags = this.#take(/\(\?([ims]*(?:-[ims]+)?)\)/y);
      if (flags !== undefined) {
        const opening = `(?${flags[1]}:`;
        translated += opening;
        opened += opening;
      } else if (this.#take(/\|/y) !== undefined) translated += `${close()}|${opened}`;
      else translated += this.#piece();
    }
    return translated + close();
  }

  #piece(): string {
    const group = this.#take(/\((?:\?(?:P?<([A-Za-z_]\w*)>|([ims]*(?:-[ims]+)?):))?/y);
    if (group !== undefined) return this.#group(group);
    if (this.#take(/\[/y) !== undefined) return this.#characters();
    if (this.#take(/\\/y) !== undefined) return this.#escape(false);
    const repeat = this.#take(/(?:[*+?]|\{\d+(?:,\d*)?\})\??/y);
    if (repeat !== undefined) return repeat[0];
    const [sign] = this.#take(/[\s\S]/uy)!;
    return "{}]".includes(sign) ? `\\${sign}` : sign;
  }

  #group([opening, name, flags]: RegExpExecArray): string {
    if (opening === "(" && this.#source[this.#at] === "?") throw new SyntaxError("unknown group");
    const inner = this.#alternatives();
    if (this.#take(/\)/y) === undefined) throw new SyntaxError("unclosed group");
    if (name !== undefined) return `(?<${name}>${inner})`;
    return flags === undefined ? `(${inner})` : `(?${flags}:${inner})`;
  }

  #characters(): string {
    let translated = `[${this.#take(/\^/y)?.[0] ?? ""}`;
    for (let first = true;; first = false) {
      const named = this.#take(/\[:(\^?)([a-z]+):\]/y);
      if (named !== undefined) translated += classOf(named);
      else if (this.#take(/\\/y) !== undefined) translated += this.#escape(true);
      else {
        const sign = this.#take(/[\s\S]/uy)?.[0];
        if (sign === undefined) throw new SyntaxError("unclosed class");
        if (sign === "]" && !first) return `${translated}]`;
        translated += sign !== "-" && sign !== "^" && SYNTAX.test(sign) ? `\\${sign}` : sign;
      }
    }
  }

  #escape(inClass: boolean): string {
    const property = this.#take(/([pP])(?:\{(\^?)([A-Za-z_]+)\}|([A-Z]))/y);
    if (property !== undefined) return propertyOf(property);
    const code = this.#take(/x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))/y);
    if (code !== undefined) return `\\u{${code[1] ?? code[2]}}`;
    const quoted = this.#take(/Q([\s\S]*?)(?:\\E|$)/y);
    if (quoted !== undefined && !inClass) return RegExp.escape(quoted[1]!);
    const sign = this.#take(/[\s\S]/uy)?.[0] ?? "";
    if (inClass && "sSAz".includes(sign) && sign !== "") return classEscape(sign);
    if (ESCAPES[sign] !== undefined) return ESCAPES[sign];
    if (/[dDwWtnrfv]/.test(sign) || (/[bB]/.test(sign) && !inClass)) return `\\${sign}`;
    if (sign === "" || /[A-Za-z0-9]/.test(sign) || sign > "\x7f") throw new SyntaxError("unknown escape");
    return SYNTAX.test(sign) || (inClass && sign === "-") ? `\\${sign}` : sign;
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#source) ?? undefined;
    this.#at += match?.[0].length ?? 0;
    return match;
  }
}

function classOf([, negated, name]: RegExpExecArray): string {
  const characters = CLASSES[name!];
  if (characters === undefined || negated !== "") throw new SyntaxError("unknown class");
  return characters;
}

function classEscape(sign: string): string {
  if (sign === "s") return "\\t\\n\\f\\r ";
  throw new SyntaxError("not in a class");
}

function propertyOf([, kind, negated, long, short]: RegExpExecArray): string {
  const name = long ?? short!;
  const letter = (kind === "P") !== (negated === "^") ? "P" : "p";
  return name.length <= 2 ? `\\${letter}{${name}}` : `\\${letter}{Script=${name}}`;
}
