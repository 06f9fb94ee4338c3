import assert from "node:assert/strict";
import fc from "fast-check";
import { interpolate } from "../../lib/compose/interpolate.ts";
import { Locations } from "../../lib/compose/locations.ts";
import { Float, type Mapping, type Value } from "../../lib/compose/value.ts";
import { parseYaml } from "../../lib/compose/yaml.ts";
import { referenceTest } from "./reference.ts";
import { SEED } from "../seed.ts";

referenceTest(`plain scalars mean what they mean to docker compose (seed ${SEED})`, async (reference) => {
  const scalars = [...new Set([...SCALARS, ...generate(plainScalar, 1_000)])].filter(isAccepted);
  const lines = scalars.map((scalar, index) => `      K${index}: ${scalar}`);
  const file = `name: a\nservices:\n  a:\n    image: a\n    environment:\n${lines.join("\n")}\n`;
  const verdict = await reference.config({ "compose.yml": file });
  assert.ok(verdict.accepted, verdict.accepted ? "" : verdict.message);
  const environment = verdict.model["services"].a.environment;
  const ours = Object.fromEntries(scalars.map((scalar, index) => [`K${index}`, asText(scalarValue(scalar))]));
  assert.deepEqual(describe(ours, scalars), describe(environment, scalars));
  return scalars.length;
});

referenceTest("dates are refused where docker compose refuses them", async (reference) => {
  for (
    const date of ["2024-01-02", "2024-1-2", "2024-01-02T03:04:05Z", "2024-01-02 03:04:05", "2024-02-29"]
  ) {
    const file = `name: a\nservices: {a: {image: a, environment: {K: ${date}}}}`;
    assert.equal((await reference.config({ "compose.yml": file })).accepted, false, date);
    assert.throws(() => parseYaml(file, "compose.yml", new Locations()), /is a date/, date);
  }
});

referenceTest(`variables are filled in as docker compose does (seed ${SEED})`, async (reference) => {
  const texts = [...new Set([...TEXTS, ...generate(template, 4_000)])];
  const accepted = texts.filter((text) => tryInterpolate(text) !== undefined);
  assert.ok(accepted.length > 300, `${accepted.length} texts`);
  const file = `name: a\nx-texts: ${JSON.stringify(accepted)}\nservices: {a: {image: a}}`;
  const verdict = await reference.config({ "compose.yml": file }, VARIABLES);
  assert.ok(verdict.accepted, verdict.accepted ? "" : verdict.message);
  assert.deepEqual(
    describe(accepted.map((text) => tryInterpolate(text)!), accepted),
    describe(verdict.model["x-texts"], accepted),
  );
  return accepted.length;
});

referenceTest(
  `what cannot be filled in is refused by docker compose too (seed ${SEED})`,
  async (reference) => {
    const refused = [...new Set([...TEXTS, ...generate(template, 800)])].filter((text) =>
      tryInterpolate(text) === undefined
    );
    for (const text of refused.slice(0, 40)) {
      const file = `name: a\nx-text: ${JSON.stringify(text)}\nservices: {a: {image: a}}`;
      assert.equal((await reference.config({ "compose.yml": file }, VARIABLES)).accepted, false, text);
    }
    return Math.min(refused.length, 40);
  },
);

const SCALARS = [
  "yes no on off y n Yes NO true True TRUE tRue false False FALSE null Null NULL nULL ~ .inf -.inf +.Inf .nan .NaN",
  "0 -0 +0 00 08 09 07 0777 -0777 0o777 0O777 -0o7 +0o7 0o8 0x1F 0X1f -0x1f 0xg 0x 0b101 0B101 -0b11 +0b1 0b2 1_000 1__0",
  "_1 1_ 0_7 0x_f 1_0.5 1e3 1E3 1e+3 1e-3 1.e3 .5 -.5 +.5 5. 1.50 1.0 -0.0 1e6 123456 1234567 12345.678 1e20 1e21 1e22",
  "1e-5 0.0001 0.00001 1e400 -1e400 9007199254740991 9007199254740993 9223372036854775807 9223372036854775808",
  "18446744073709551615 18446744073709551616 -9223372036854775808 -9223372036854775809 0xffffffffffffffff",
  "0xfffffffffffffffff 0x1p4 1:30 190:20:30 12:30:45.6 2024-13-01 2024-02-30 2024-01-02x 202-01-02 20240102 1.2.3 1..2 1,5",
  "+ - . .. -.5e .e5 e5 1e 1e+ --1 +-1 1- 1+1 0.1.2 << <<<  =  <= 127.0.0.1 ::1 a:b http://x 0x1.8p1 .5_5 1_0e1_0 infinity nan",
  '!!str 5 | !!int "7" | !!float 3 | !!float 1e6 | !!bool "true" | !!null "" | !foo 5 | ! 5 | !!binary aGk= | !!str | "a\\tb" | \'it\'\'s\'',
].flatMap((line) => line.split(line.includes("|") ? /\s*\|\s*/ : /\s+/));

const TEXTS = [
  "$A ${A} $$A $${A} $$$A $B ${B} $UNSET ${UNSET} $1 x$ $} $- $a ${a} ${A}${B} $A$B ${A}-${UNSET-x} ${_X} $_X ${ſ} $ſ $\u212a",
  "${A:-b} ${A-b} ${E:-b} ${E-b} ${UNSET:-b} ${UNSET-b} ${A:+b} ${A+b} ${E:+b} ${E+b} ${UNSET:+b} ${UNSET+b} ${A:?b} ${A?b}",
  "${E?b} ${E:?b} ${UNSET?b} ${UNSET:?b} ${UNSET:?} ${UNSET:-} ${UNSET-} ${A:?$UNSET} ${A:-${UNSET:?x}} ${UNSET:-${A}} ${UNSET:-${UNSET2:-c}}",
  "${UNSET:-a}b} ${UNSET:-{}} ${UNSET:-{a}} ${UNSET:-{{}}} ${UNSET:-a-b:-c} ${UNSET-a:?b} ${UNSET:-a?b} ${A:-{}}x${B:-y} ${A:-{}}x$B",
  "${ ${} ${1X} ${a.b} ${X!y} ${A:} ${A:=b} ${A/b/c} ${A ${A:-b ${A:-${B} ${UNSET:-$$} ${UNSET:-$$B} ${UNSET:-$} ${-x} ${:-x} ${A}}",
  "{${A}} ${UNSET:-{${A}}} ${UNSET:-'${A}'} ${A:+{${B}} ${UNSET:+}} a${A:-}b${B:-}c ${A:+x}${UNSET:-y}${B:?z}",
].flatMap((line) => line.split(" ")).concat([
  "${UNSET:-a\nb}",
  "${UNSET:-a}\n${B:-c}",
  "${UNSET:-a b} c",
  "${A :-b}",
  "$ A",
  "${UNSET:-\u2028}",
]);

const VARIABLES = { A: "alpha", B: "b $A ${A}", E: "", _X: "under", a: "small" };

const plainScalar = fc.oneof(
  fc.string({
    unit: fc.constantFrom(..."0123456789+-._eExXoObB:nNaAiIfFtTrRuUlLyYsS~"),
    minLength: 1,
    maxLength: 12,
  }),
  fc.string({ unit: fc.constantFrom(..."0123456789-.e+_x"), minLength: 1, maxLength: 24 }),
  fc.double().map(String),
  fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }).map(String),
).filter((text) => /^[^:!-]|^-[^ -]/.test(text) && !/:$/.test(text) && !/^(---|\.\.\.)/.test(text));

const template = fc.array(
  fc.constantFrom(
    "$",
    "${",
    "}",
    "{",
    "A",
    "B",
    "E",
    "UNSET",
    ":-",
    "-",
    ":+",
    "+",
    ":?",
    "?",
    "x",
    " ",
    "$$",
    "${A}",
    "${UNSET:-",
    "\n",
    "_",
    "1",
    ".",
  ),
  { minLength: 1, maxLength: 12 },
).map((parts) => parts.join(""));

function generate<T>(arbitrary: fc.Arbitrary<T>, numRuns: number): T[] {
  return fc.sample(arbitrary, { numRuns, seed: SEED });
}

function scalarValue(scalar: string): Value {
  const [document] = parseYaml(`v: ${scalar}\n`, "compose.yml", new Locations());
  return (document!.value as Mapping)["v"]!;
}

function isAccepted(scalar: string): boolean {
  try {
    const value = scalarValue(scalar);
    return value === null || typeof value !== "object" || value instanceof Float;
  } catch {
    return false;
  }
}

/** As Compose prints a value where it wants a text. */
function asText(value: Value): string | null {
  return value === null ? null : String(value);
}

function tryInterpolate(text: string): string | undefined {
  try {
    return interpolate(text, (name) => Object.hasOwn(VARIABLES, name) ? VARIABLES[name as "A"] : undefined);
  } catch {
    return undefined;
  }
}

/** Puts what was written beside the result, for the message of a failing test. */
function describe(results: Record<string, unknown> | unknown[], written: readonly string[]): string[] {
  const entries = Array.isArray(results) ? results : written.map((_, index) => results[`K${index}`]);
  return written.map((text, index) => `${JSON.stringify(text)} → ${JSON.stringify(entries[index] ?? null)}`);
}
