import assert from "node:assert/strict";
import { Locations } from "../../lib/compose/locations.ts";
import { Float, isMapping, type Value } from "../../lib/compose/value.ts";
import { parseYaml } from "../../lib/compose/yaml.ts";
import { sideBySide } from "../engine/parts.ts";
import { referenceTest } from "./reference.ts";

referenceTest("docker compose reads in files what is read in them here", async (reference) => {
  const parts = DOCUMENTS.map(withOwnNames).filter((text) =>
    isPart(text) && tryParse(HEAD + text) !== undefined
  );
  assert.ok(parts.length >= 80, `${parts.length} documents`);
  const whole = HEAD + parts.map((text) => `${text}\n`).join("");
  const verdict = await reference.config({ "compose.yml": whole });
  assert.ok(verdict.accepted, verdict.accepted ? "" : verdict.message);
  assert.deepEqual(tryParse(whole), extensionsOf(verdict.model));
});

referenceTest("docker compose refuses the files that are refused here", async (reference) => {
  const alone = DOCUMENTS.filter((text) => !isPart(text) || tryParse(`${HEAD}${text}\n`) === undefined);
  await sideBySide(alone, async (text) => {
    const file = `${HEAD}${text}\n`;
    const verdict = await reference.config({ "compose.yml": file });
    const theirs = verdict.accepted ? extensionsOf(verdict.model) : undefined;
    assert.deepEqual(
      tryParse(file),
      theirs,
      `${text}\n--- ${verdict.accepted ? "accepted" : verdict.message}`,
    );
  });
});

/** So that the documents can stand in one file, for which one process answers. */
function withOwnNames(text: string, index: number): string {
  return text.replace(/^(["']?|\? )x-/gm, `$1x-${index}-`);
}

/** Whether the document may stand in one file with others. */
function isPart(text: string): boolean {
  return /^["'?]? ?x-/.test(text) && !/^(---|\.\.\.)/m.test(text);
}

referenceTest("files that are read differently are known", async (reference) => {
  for (const text of ACCEPTED_HERE_ONLY) {
    const file = `${HEAD}${text}\n`;
    assert.equal((await reference.config({ "compose.yml": file })).accepted, false, text);
    assert.ok(tryParse(file) !== undefined, text);
  }
  for (const text of READ_OTHERWISE) {
    const file = `${HEAD}${text}\n`;
    const verdict = await reference.config({ "compose.yml": file });
    assert.ok(verdict.accepted, text);
    assert.notDeepEqual(tryParse(file), extensionsOf(verdict.model), text);
  }
});

const HEAD = "name: a\nservices: {a: {image: a}}\n";

/** Extensions only: their values are what the reader makes of them. */
const DOCUMENTS = [
  'x-a: "a\nb"',
  "x-a: 'a\n b\nc'",
  'x-a:\n  b: "c\nd"\n  e: f',
  'x-a: "a\n---\nb"',
  'x-a: "a"#b',
  "x-a: [a]#b",
  "x-a: a#b",
  "x-a: [a,\n# c\nb]",
  "x-a: {\n  b: [\n  c\n]}",
  "x-a: {\nb: [\nc,\n'd\ne'\n]\n}",
  "x-a:\n  b: [\nc\n]\n  d: e",
  "x-a:\n  - [b,\nc]\n  - {d: e,\nf: g}",
  "x-a: [b,\n---\nc]",
  'x-a: "\\/"',
  "x-a: \"it\\'s \\\\' \\\\\\' x\"",
  "x-a: 'it\\'",
  'x-a: "b\\\tc"',
  "x-a: {b: c}\n\t\nx-d: e",
  "x-a: b\n\t\nx-d: e",
  "x-a: b\n \t\nx-d: e",
  "x-a:\n  b: c\n  \t\n  d: e",
  "x-a:\n  b: c\n    \t\n  d: e",
  'x-a:\n  b: "c"\n    \t\n  d: e',
  "x-a:\n  b: c\n\t# d\n  e: f",
  "x-a:\n  - b\n  \t\n  - c",
  'x-a: ["b",\n\t"c"\n\t]',
  "x-a: [b,\n\tc\n\t]",
  "x-a:\n  b: [c,\n  \td\n    \t]",
  "x-a: 'b\rc'",
  "x-a: b\rx-c: d",
  'x-a: "b\\x85 c"'.replace("\\x85", "\x85"),
  "...\n%YAML 1.1\n---\nx-a: b",
  "...\n%YAML 1.2\n---\nx-a: b",
  "...\n%YAML 1.1\n%YAML 1.1\n---\nx-a: b",
  "...\n%FOO bar\n---\nx-a: b",
  "...\n%TAG ! tag:x,1:\n---\nx-a: b",
  'x-a: "\\ud83d\\ude00"',
  'x-a: "\\\\ud83d \\U0001F600 \\u0000"',
  "x-a: \u2028b: c",
  "x-a: &a {b: 1}\nx-c: *a",
  "x-a: &a {b: 1, c: 2}\nx-d: {<<: *a, c: 3}",
  "x-a: &a {b: 1}\nx-c: &c {b: 2, d: 3}\nx-e: {<<: [*a, *c]}",
  "x-a: &a {b: 1}\nx-c: &c {b: 2, d: 3}\nx-e:\n  <<: [*a, {d: 4}]\n  z: 1",
  "x-a: &a {b: 1}\nx-c: &c {<<: *a, d: 3}\nx-e: {<<: *c, b: 9}",
  "x-a: &a [1, 2]\nx-e: {<<: *a}",
  "x-a: &a [{b: 1}, {c: 2}]\nx-e: {<<: *a}",
  "x-e: {<<: {b: 1}}",
  "x-e: {<<: }",
  "x-e: {<<: [1]}",
  "x-e: {<<: text}",
  'x-e: {"<<": {b: 1}}',
  "x-e: [<<]",
  "x-e: {a: <<}",
  "x-a: &a 1\nx-a2: &a 2\nx-b: *a",
  "x-a: &x {b: &y 1}\nx-c: &y 2\nx-d: *x\nx-e: *y",
  "x-b: *none",
  "x-a: &a.b 1\nx-b: 2",
  "x-a: &a-b_1 1\nx-b: *a-b_1",
  "x-a: {b: 1, b: 2}",
  "x-a:\n  b: 1\n  b: 2",
  "x-a: {1: b}",
  "x-a: {true: b}",
  "x-a: {null: b}",
  "x-a: {~: b}",
  "x-a: {1.5: b}",
  "x-a: {yes: b}",
  'x-a: {"1": b}',
  "x-a: {!!str 1: b}",
  "x-a: {? b}",
  "x-a: {b}",
  "x-a: {b, c: 1}",
  "x-a: [b: 1]",
  "x-a: [b: 1, c: 2]",
  "x-a: {[b]: 1}",
  "x-a: {{b: 1}: 1}",
  "x-a: &k key\nx-b: {*k : 1}",
  "x-a: {a:1}",
  'x-a: {"a":1}',
  "x-a: {a: http://x/y, b: c:d}",
  "x-a: [a:b, c: d]",
  "x-a: [a, b,]",
  "x-a: [a, , b]",
  "x-a: [,]",
  "x-a: []",
  "x-a: {}",
  "x-a:",
  "x-a: [\n  a,\n  b\n]",
  "x-a: {\n  a: b\n}",
  "x-a: {\n  a: b,\n  c:\n    d\n}",
  "x-a: [a\n  b, c]",
  "x-a: 'it''s'",
  'x-a: "a\\tb\\x41\\u0042\\\\ \\""',
  'x-a: "a\\qb"',
  'x-a: "a\\\n  b"',
  'x-a: "a\n  b\n\n  c"',
  "x-a: 'a\n  b\n\n  c'",
  "x-a: a\n  b\n\n  c",
  "x-a: 'a\n b'",
  "x-a: |\n  a\n  b\n",
  "x-a: |-\n  a\n  b\n",
  "x-a: |+\n  a\n\n",
  "x-a: >\n  a\n  b\n\n  c\n   d\n  e\n",
  "x-a: >-\n  a\n  b",
  "x-a: |2\n   a\n  b",
  "x-a: |\n   a\n  b",
  "x-a: |\n\n  a",
  "x-a: |\nx-b: 1",
  "x-a: | # comment\n  a",
  "x-a: |x\n  a",
  "x-a: a #b",
  "x-a: a#b",
  "x-a: # b\n  c",
  "x-a: -",
  "x-a: - b",
  "x-a: -b",
  "x-a: - - b",
  "x-a:\n- a\n- b",
  "x-a:\n  - a\n  - - b\n    - c\n  -\n  - d: 1\n    e: 2",
  "x-a:\n  - a\n - b",
  "x-a:\n  b: 1\n c: 2",
  "x-a:\n  b: 1\n   c: 2",
  "x-a:\n\tb: 1",
  "x-a:\tb",
  "x-a: b\t",
  "x-a: [a,\tb]",
  "x-a:\n  - a\t# c",
  "x-a: b: c",
  "x-a: b:",
  "x-a: b:c",
  "x-a: @b",
  "x-a: `b`",
  "x-a: %b",
  "x-a: *",
  "x-a: &",
  "x-a: !",
  "x-a: ?b",
  "x-a: ? b",
  "x-a: }b",
  "x-a: ]",
  "x-a: a]b",
  "x-a: {a}b",
  "x-a: 'a' b",
  "x-a: 'a",
  'x-a: "a',
  "x-a: [a",
  "x-a: {a: b",
  "x-a",
  "? x-a\n: b",
  "? x-a",
  "'x-a': b",
  "x-a : b",
  "x-a b: c",
  "x-a: !!binary aGVsbG8=",
  "x-a: !!binary a",
  "x-a: !!int text",
  "x-a: !!float text",
  "x-a: !!bool yes",
  "x-a: !!null x",
  "x-a: !foo {b: 1}",
  "x-a: !foo [1]",
  "x-a: !!set {a, b}",
  "x-a: !!omap [a: 1]",
  "x-a: !<tag:yaml.org,2002:str> 5",
  "x-a: !x!y 5",
  "x-a: &a !foo b\nx-b: *a",
  "x-a: !foo &a b\nx-b: *a",
  "x-a: {b: [2024-01-02x]}",
  "x-a: !override {b: 1}",
  "x-a: !override 5",
  "x-a: !reset 5",
  "x-a: {b: !reset 5, c: 1}",
  "x-a: [1, !reset 2, 3]",
  "x-a: !reset [1]",
  "x-a: ä€😀",
  'x-a: "\\U0001F600"',
  "x-a: a\u00a0b",
  "x-a: a\u0007b",
  'x-a: "a\u0001b"',
  "x-a: a\u007fb",
  "x-a: a\r\nx-b: c\r",
  "x-a: b\n...",
  "x-a: b\n---\nx-c: d",
  "x-a: b\n...\n---\nx-c: d",
  "x-a: &a b\n---\nx-c: *a",
  "x-a: b\n--- {x-c: d}",
  "x-a:\n  # c\n  b: 1\n# d\n  c: 2",
  "x-a: {b: [c, {d: e}], f: {g: h}}",
  "x-a: a, b",
  "x-a: a & b * c ! d | e > f % g @ h",
  "x-a: a 'b' \"c\"",
  "x-a: [a & b, \"c\", 'd']",
  "x-a: - 1\n  - 2",
  "x-a: --- b",
  "x-a: {__proto__: 1, constructor: 2, toString: 3}",
  "__proto__: 1",
  "x-__proto__: {hasOwnProperty: {__proto__: {a: 1}}}",
  "x-a: 1\nx-a: 2",
  'x-a: {"b": 1, b: 2}',
  "x-a: {? [a] : b}",
  "x-a: \"\"\nx-b: ''",
  "x-a: !!str\nx-b: !!str ''",
  "x-a: [!!str , b]",
  "x-a: !!null\nx-b: 1",
  `x-a:\n  ${"k".repeat(1100)}: 1`,
];

/** Where the YAML package reads by the specification, and docker compose's reader does not. */
const ACCEPTED_HERE_ONLY = ["x-a: [::1]", "x-a: {a: !!str, b: c}"];
/** In brackets, go-yaml takes a question mark for the sign of a key also where no blank follows it. */
const READ_OTHERWISE = ["x-a: {?b: c}"];

/** Undefined: refused. */
function tryParse(file: string): unknown {
  try {
    const values = parseYaml(file, "compose.yml", new Locations()).map(({ value }) => value);
    const merged: Record<string, unknown> = {};
    for (const value of values) {
      if (!isMapping(value)) return undefined;
      Object.assign(merged, toJson(value));
    }
    if (Object.keys(merged).some((key) => !["name", "services"].includes(key) && !key.startsWith("x-"))) {
      return undefined;
    }
    return extensionsOf(merged);
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) throw error;
    return undefined;
  }
}

function toJson(value: Value): unknown {
  if (value instanceof Float) return value.value;
  if (Array.isArray(value)) return value.map(toJson);
  if (isMapping(value)) {
    return Object.fromEntries(Object.keys(value).map((key) => [key, toJson(value[key]!)]));
  }
  return typeof value === "bigint" ? Number(value) : value;
}

function extensionsOf(model: Record<string, unknown>): unknown {
  const extensions = Object.entries(model).filter(([key]) => key.startsWith("x-"));
  return emptyToNull(Object.fromEntries(extensions));
}

/** docker compose prints an empty list of an extension as null. Without prototypes, as keys may be `__proto__`. */
function emptyToNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(emptyToNull);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value).map(([key, entry]) => [key, emptyToNull(entry)]).sort();
}
