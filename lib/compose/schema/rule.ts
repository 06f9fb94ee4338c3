/**
 * What a place of a Compose file may hold. The tables beside this file describe the Compose specification with these rules,
 * attribute by attribute; `validate.ts` applies them.
 */
export type Rule =
  | ScalarRule
  | ListRule
  | NamesRule
  | AttributesRule
  | { readonly is: "choice"; readonly options: readonly Exclude<Rule, { is: "choice" }>[] };

export type ScalarType = "null" | "boolean" | "integer" | "number" | "string";

export interface ScalarRule {
  readonly is: "scalar";
  readonly types: readonly ScalarType[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** Of texts. */
  readonly values?: readonly string[];
  /** Of texts: found anywhere in them. */
  readonly pattern?: RegExp;
  /** In words, where the types say too little. */
  readonly wants?: string;
}

export interface ListRule {
  readonly is: "list";
  readonly items: Rule;
  readonly unique: boolean;
}

/** A mapping whose keys the person chooses. */
export interface NamesRule {
  readonly is: "names";
  readonly pattern: RegExp;
  readonly values: Rule;
  /** Whether keys that don't fit the pattern are refused; else they may hold anything. */
  readonly closed: boolean;
}

/** A mapping whose keys the specification gives. */
export interface AttributesRule {
  readonly is: "attributes";
  readonly attributes: ReadonlyMap<string, Rule>;
  readonly required: readonly string[];
  /** What other keys there may be: none, those that start with `x-`, or any. */
  readonly others: "none" | "extensions" | "any";
}

export const text: ScalarRule = scalar("string");
/** A boolean, or a text that becomes one. */
export const flag: ScalarRule = scalar("boolean", "string");
/** A number, or a text that becomes one. */
export const amount: ScalarRule = scalar("number", "string");
export const whole: ScalarRule = scalar("integer", "string");
export const nothing: ScalarRule = scalar("null");

export function scalar(...types: ScalarType[]): ScalarRule {
  return { is: "scalar", types };
}

export function oneOf(...values: string[]): ScalarRule {
  return { is: "scalar", types: ["string"], values };
}

/** A whole number within limits, or any text. */
export function within(minimum: number, maximum?: number): ScalarRule {
  return maximum === undefined ? { ...whole, minimum } : { ...whole, minimum, maximum };
}

export function list(items: Rule): ListRule {
  return { is: "list", items, unique: false };
}

export function set(items: Rule): ListRule {
  return { is: "list", items, unique: true };
}

/** A mapping that refuses keys which don't fit the pattern. */
export function names(pattern: RegExp, values: Rule): NamesRule {
  return { is: "names", pattern, values, closed: true };
}

/** A mapping whose keys which don't fit the pattern are not looked at. */
export function openNames(pattern: RegExp, values: Rule): NamesRule {
  return { is: "names", pattern, values, closed: false };
}

export function attributes(
  entries: Readonly<Record<string, Rule>>,
  { required = [], others = "extensions" }: Partial<Pick<AttributesRule, "required" | "others">> = {},
): AttributesRule {
  return { is: "attributes", attributes: new Map(Object.entries(entries)), required, others };
}

/** The options differ in the type of what they accept, so that at most one fits. */
export function choice(...options: Exclude<Rule, { is: "choice" }>[]): Rule {
  return { is: "choice", options };
}

export const NAME = /^[a-zA-Z0-9._-]+$/;
export const ANY_NAME = /.+/;
export const ONE_LINE = /^.+$/;

export const texts: ListRule = set(text);
export const textOrTexts: Rule = choice(text, texts);
/** `KEY: value`, or a list of `KEY=value`. */
export const pairs: Rule = choice(names(ANY_NAME, scalar("string", "number", "boolean", "null")), texts);
export const driverOptions: Rule = openNames(ONE_LINE, amount);
/** A command line as text or list; null takes the image's. */
export const command: Rule = choice(nothing, text, list(text));
