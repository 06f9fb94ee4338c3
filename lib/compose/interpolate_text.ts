import { ConfigurationError } from "../errors.ts";

/** A variable of this name; undefined when it is not set. */
export type Lookup = (name: string) => string | undefined;

export interface InterpolationEvents {
  /** A variable that is not set and became blank. */
  readonly unset?: (name: string) => void;
}

/**
 * Fills in the variables of a text: `$NAME`, `${NAME}` and the operators `:-  -  :+  +  :?  ?`; `$$` is a dollar sign. Errors carry
 * no location, and show the text as written and never the values.
 */
export function interpolate(text: string, lookup: Lookup, on: InterpolationEvents = {}): string {
  return text.includes("$") ? substitute(text, { lookup, on, depth: 0 }) : text;
}

interface Substitution {
  readonly lookup: Lookup;
  readonly on: InterpolationEvents;
  /** How many braces enclose the text. */
  readonly depth: number;
}

/** The limit protects the stack. */
const MAX_DEPTH = 50;

function substitute(text: string, substitution: Substitution): string {
  if (substitution.depth > MAX_DEPTH) {
    throw new ConfigurationError(`Variables are nested more than ${MAX_DEPTH} levels deep`, {
      hint: "use fewer defaults inside defaults",
    });
  }
  let result = "";
  let position = 0;
  for (let at = text.indexOf("$"); at !== -1; at = text.indexOf("$", position)) {
    result += text.slice(position, at);
    const { value, end } = expressionAt(text, at, substitution);
    result += value;
    position = end;
  }
  return result + text.slice(position);
}

interface Expansion {
  readonly value: string;
  /** Where the text goes on. */
  readonly end: number;
}

function expressionAt(text: string, at: number, substitution: Substitution): Expansion {
  const next = text[at + 1];
  if (next === "$") return { value: "$", end: at + 2 };
  if (next === "{") return bracedAt(text, at, substitution);
  const name = matchAt(NAME, text, at + 1);
  if (name === undefined) return { value: "$", end: at + 1 };
  return { value: valueOf(name, substitution), end: at + 1 + name.length };
}

function valueOf(name: string, { lookup, on }: Substitution): string {
  const value = lookup(name);
  if (value === undefined) on.unset?.(name);
  return value ?? "";
}

/** Case is folded as Unicode does, as in Compose: the Kelvin sign counts as a k. */
const NAME = /[_a-z][_a-z0-9]*/iuy;
const OPERATOR = /:?[-+?]/y;

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function bracedAt(text: string, at: number, substitution: Substitution): Expansion {
  const name = matchAt(NAME, text, at + 2);
  if (name === undefined) throw invalid(text);
  const nameEnd = at + 2 + name.length;
  if (text[nameEnd] === "}") return { value: valueOf(name, substitution), end: nameEnd + 1 };
  const operator = matchAt(OPERATOR, text, nameEnd);
  if (operator === undefined) throw invalid(text);
  const operandStart = nameEnd + operator.length;
  const end = closingBrace(text, at, operandStart);
  const operand = text.slice(operandStart, end);
  return { value: apply(operator, name, operand, substitution), end: end + 1 };
}

/**
 * The brace that closes the one behind `at`: counted, but within one line only; where counting finds none, the last of the line. The
 * sign behind an opening brace is not looked at. All this is Compose's way.
 */
function closingBrace(text: string, at: number, operandStart: number): number {
  const newline = text.indexOf("\n", operandStart);
  const last = text.lastIndexOf("}", newline === -1 ? text.length : newline);
  if (last < operandStart) throw invalid(text);
  let open = 0;
  for (let index = at; index <= last; index++) {
    if (text[index] === "}" && --open === 0) return index;
    if (text[index] === "{") {
      open++;
      index++;
    }
  }
  return last;
}

/**
 * An operand is always worked out, even when its result is not used: Compose reports its errors either way. But it is reported as
 * unset only what is used.
 */
function apply(operator: string, name: string, operand: string, substitution: Substitution): string {
  const unset: string[] = [];
  const nested = {
    ...substitution,
    on: { unset: (each: string) => unset.push(each) },
    depth: substitution.depth + 1,
  };
  const alternative = operand.includes("$") ? substitute(operand, nested) : operand;
  const value = substitution.lookup(name);
  const present = value !== undefined && (value !== "" || !operator.startsWith(":"));
  const kind = operator.at(-1);
  if (kind === "?" && !present) throw missing(name, operand, value);
  if (present !== (kind === "+")) return value ?? "";
  unset.forEach((each) => substitution.on.unset?.(each));
  return alternative;
}

function invalid(text: string): ConfigurationError {
  return new ConfigurationError(`"${text}" is not a valid use of a variable`, {
    hint: "write ${NAME}, ${NAME:-default} and the like; write $$ for a dollar sign",
  });
}

function missing(name: string, reason: string, value: string | undefined): ConfigurationError {
  const state = value === undefined ? "not set" : "empty";
  return new ConfigurationError(`Variable ${name} is ${state}${reason === "" ? "" : `: ${reason}`}`, {
    hint: `give ${name} a value: in .env, in the host's envs or by a secrets provider`,
  });
}
