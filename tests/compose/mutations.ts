/** Spoils files at random, as a broken disk, a careless merge or an enemy would. */

/** Numbers from a seed, so that a spoiled file can be made again. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number below `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

/** `others` are texts that pieces are taken from. */
export function mutate(content: Uint8Array, others: readonly string[], dice: Dice): Uint8Array {
  let bytes = content;
  for (let count = dice.pick([1, 1, 1, 2, 3]); count > 0; count--) {
    bytes = dice.below(3) === 0 ? mutateBytes(bytes, dice) : mutateText(bytes, others, dice);
  }
  return bytes;
}

function mutateBytes(content: Uint8Array, dice: Dice): Uint8Array {
  const bytes = [...content];
  const at = dice.below(bytes.length + 1);
  switch (dice.below(5)) {
    case 0:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << dice.below(8));
      break;
    case 1:
      bytes.splice(at, 0, dice.below(256));
      break;
    case 2:
      bytes.splice(at, 1 + dice.below(20));
      break;
    case 3:
      bytes.splice(at, 0, ...dice.pick(INVALID_UTF8));
      break;
    default:
      bytes.length = at;
  }
  return Uint8Array.from(bytes);
}

const INVALID_UTF8: readonly (readonly number[])[] = [
  [0xff],
  [0xc3],
  [0xc0, 0xaf],
  [0xed, 0xa0, 0x80],
  [0xf8, 0x88, 0x80, 0x80, 0x80],
  [0xef, 0xbb, 0xbf],
  [0xfe, 0xff],
];

function mutateText(content: Uint8Array, others: readonly string[], dice: Dice): Uint8Array {
  const text = new TextDecoder().decode(content);
  const lines = text.split("\n");
  const at = dice.below(lines.length);
  const line = lines[at]!;
  switch (dice.below(10)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(at, 0, line);
      break;
    case 2:
      lines.splice(at, 0, ...dice.pick(others).split("\n"));
      break;
    case 3:
      lines.splice(at, 0, dice.pick(dice.pick(others).split("\n")));
      break;
    case 4:
      lines[at] = " ".repeat(dice.below(6)) + line.trimStart();
      break;
    case 5:
      lines[at] = withValue(line, nested(dice));
      break;
    case 6:
      lines[at] = withValue(line, huge(dice));
      break;
    case 7:
      lines[at] = line.replace(/[^ ]+$/, (word) => `${dice.pick(TAGS)} ${word}`);
      break;
    case 8: {
      const column = dice.below(line.length + 1);
      lines[at] = line.slice(0, column) + dice.pick(WORDS) + line.slice(column);
      break;
    }
    default:
      lines[at] = withValue(line, dice.pick(WORDS));
  }
  return new TextEncoder().encode(lines.join("\n"));
}

/** The line with another value behind its key, or as an item. */
function withValue(line: string, value: string): string {
  const start = /^( *- +)?([^:=]*[:=] *)?/.exec(line)![0];
  return `${start === "" ? line : start}${value}`;
}

function nested(dice: Dice): string {
  const depth = dice.pick([3, 30, 300, 3000]);
  const [open, close] = dice.pick([["[", "]"], ["{a: ", "}"], ["[{a: ", "}]"], ["{? ", "}"], ["${A:-", "}"], [
    "- ",
    "",
  ]]);
  return open!.repeat(depth) + dice.pick(["", "x", close!.repeat(depth)]);
}

function huge(dice: Dice): string {
  const length = dice.pick([200, 20_000, 200_000]);
  return dice.pick(["9", "x", " a", "$", "\\", '"', "é", "1:", "/..", "a b,", "${A}"]).repeat(length);
}

// deno-fmt-ignore -- a word a word
const TAGS = [
  "!!str", "!!int", "!!float", "!!bool", "!!null", "!!map", "!!seq", "!!set", "!!omap", "!!pairs", "!!binary", "!!timestamp", "!!merge",
  "!reset", "!override", "!", "!a", "!<x>", "!<tag:yaml.org,2002:str>", "!!", "&a", "*a", "&a &b", "&a *a", "<<: *a", "&a !reset",
];

// deno-fmt-ignore
const WORDS = [
  "$", "${", "${A", "${A:-${A:-}", "$$", "${A:?no}", ": ", "- ", "? ", "|", ">", "|2-", "%YAML 1.2", "---", "...", "\t", "\u0000", "\u0085", "\u2028", "\ufeff",
  "#", " #", "'", '"', "`", "@", "\\", "\r", "[", "]", "{", "}", "{}", "[]", "[[]]", "[{}]", "[null]", "{a: }", "{a: {b: [c]}}", "<<: {}", "<<: [a]", "&a [*a]",
  "__proto__", "{__proto__: 1}", "constructor", "toString", "hasOwnProperty", "null", "~", "true", "false", "yes", "-1", "0", "1", "1.5", "-0.0", ".nan", ".inf",
  "1e999", "0x", "0o9", "99999999999999999999", "2024-01-02", "1:2", "\"\"", "''", "a", "a b", "a,b", "a=b", "=", "a=b=c", "..", "../..", "/", "~/a", "C:\\a", "1.2.3.4/33",
  "::", "80:80:80", "1-2:3-9", "service:web", "container:x", "service:", "x-a", "10d", "5x", "-1s", "1gb", "-1b", "a/b:c@sha256:d", "!reset", "!override [a]",
];
