/** `.dockerignore`: which files of a folder a build does not see. The last pattern that fits a path, or a folder above it, decides. */
import { posix } from "node:path";
import { ConfigurationError } from "../errors.ts";

interface Pattern {
  /** Without the `!`. */
  readonly text: string;
  readonly matcher: RegExp;
  /** Begins with `!`: takes back what patterns before it left out. */
  readonly isException: boolean;
}

interface Verdict {
  readonly ignored: boolean;
  /** Which patterns fitted: they fit what is below as well. */
  readonly fits: readonly boolean[];
}

/** The patterns of a file's text, cleaned as Docker cleans them. */
export function parseDockerignore(text: string): readonly string[] {
  return text.replace(/^\ufeff/, "").split("\n").flatMap((line) => {
    const pattern = line.startsWith("#") ? "" : line.trim();
    if (pattern === "") return [];
    return pattern.startsWith("!") ? [`!${relative(pattern.slice(1).trim())}`] : [relative(pattern)];
  });
}

export class IgnoreRules {
  readonly #patterns: readonly Pattern[];
  readonly #folders = new Map<string, Verdict>();

  /** @throws {ConfigurationError} for a pattern that makes no sense. */
  constructor(patterns: readonly string[]) {
    this.#patterns = patterns.map((each) => each.trim()).filter((each) => each !== "").map(compile);
  }

  /** `path`: relative to the folder, `/`-separated. */
  ignores(path: string): boolean {
    return this.#judge(path).ignored;
  }

  /** Whether something below a folder that is left out may be taken in again: what is not looked at need not be readable. */
  mayTakeInBelow(folder: string): boolean {
    const exceptions = this.#patterns.filter(({ isException }) => isException)
      .map(({ text }) => text.replace(/\/\*\*$/, "").replace(/\/\*$/, ""));
    return exceptions.some((text) => /[*?[\\]/.test(text)) ||
      exceptions.some((text) => `${text}/`.startsWith(`${folder}/`));
  }

  #judge(path: string): Verdict {
    const folder = posix.dirname(path);
    return this.#match(path, folder === "." ? undefined : this.#judgeFolder(folder));
  }

  #judgeFolder(path: string): Verdict {
    const known = this.#folders.get(path);
    if (known !== undefined) return known;
    const verdict = this.#judge(path);
    this.#folders.set(path, verdict);
    return verdict;
  }

  /** A pattern that would change nothing is not tried, and so does not fit what is below either. */
  #match(path: string, parent: Verdict | undefined): Verdict {
    let ignored = false;
    const fits = this.#patterns.map(({ matcher, isException }, index) => {
      const fit = parent?.fits[index] === true || (isException === ignored && matcher.test(path));
      if (fit) ignored = !isException;
      return fit;
    });
    return { ignored, fits };
  }
}

function relative(pattern: string): string {
  const clean = pattern === "" ? "" : cleanPattern(pattern);
  return clean.length > 1 ? clean.replace(/^\//, "") : clean;
}

function cleanPattern(pattern: string): string {
  const clean = posix.normalize(pattern);
  return clean.length > 1 ? clean.replace(/\/$/, "") : clean;
}

function compile(text: string): Pattern {
  const clean = cleanPattern(text);
  const isException = clean.startsWith("!");
  const pattern = isException ? clean.slice(1) : clean;
  const source = sourceOf(pattern);
  if (pattern === "" || source === undefined) throw broken(text);
  try {
    return { text: pattern, matcher: new RegExp(`^${source}$`, "s"), isException };
  } catch {
    throw broken(text);
  }
}

const ANY_FOLDERS = "(.*/)?";

/** `undefined`: an escape at the end, or a bracket that is not closed. */
function sourceOf(pattern: string): string | undefined {
  // Where only plain letters follow, `**` at the beginning stands for any letters, and not for whole folders.
  const suffix = /^\*\*([^/*?[\]\\][^*?[\]\\]*)$/.exec(pattern)?.[1];
  if (suffix !== undefined) return `.*${escapeText(suffix)}`;
  let source = "";
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    if (char === "*" && pattern[at + 1] === "*") {
      at += pattern[at + 2] === "/" ? 2 : 1;
      source += at >= pattern.length - 1 ? ".*" : ANY_FOLDERS;
    } else if (char === "*") source += "[^/]*";
    else if (char === "?") source += "[^/]";
    else if (char === "[") {
      const bracket = /^\[\^?(\\.|[^\\\]])+\]/.exec(pattern.slice(at))?.[0];
      if (bracket === undefined) return undefined;
      source += bracket;
      at += bracket.length - 1;
    } else if (char === "\\") {
      const next = pattern[++at];
      if (next === undefined) return undefined;
      source += escapeText(next);
    } else source += escapeText(char);
  }
  return source;
}

function escapeText(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function broken(pattern: string): ConfigurationError {
  return new ConfigurationError(`The pattern "${pattern}" of .dockerignore makes no sense`, {
    hint: "close its brackets, and put nothing but a pattern behind !",
  });
}
