import assert from "node:assert/strict";
import { ConfigurationError } from "../../lib/errors.ts";
import { Locations } from "../../lib/compose/locations.ts";
import { Float, isMapping, type Mapping, Timestamp, type Value } from "../../lib/compose/value.ts";
import { parseYaml } from "../../lib/compose/yaml.ts";

Deno.test("plain scalars have the types that Compose gives them", () => {
  const cases: readonly (readonly [string, Value])[] = [
    ["yes", "yes"],
    ["off", "off"],
    ["True", true],
    ["FALSE", false],
    ["~", null],
    ["", null],
    ["null", null],
    ["0777", 511],
    ["0o777", 511],
    ["0x1F", 31],
    ["0b101", 5],
    ["1_000", 1000],
    ["-0", 0],
    ["9007199254740993", 9007199254740993n],
    ["18446744073709551615", 18446744073709551615n],
    ["12:30:45", "12:30:45"],
    ["1.2.3", "1.2.3"],
    ['"5"', "5"],
    ["!!str 5", "5"],
    ["!!binary aGVsbG8=", "hello"],
    ["!unknown 5", "5"],
  ];
  for (const [text, value] of cases) assert.deepEqual(valueOf(`v: ${text}`), value, text);
});

Deno.test("a float prints as Go prints it", () => {
  const cases = [
    ["1.50", "1.5"],
    ["1.0", "1"],
    ["08", "8"],
    ["1e6", "1e+06"],
    ["123456.0", "123456"],
    ["1234567.0", "1.234567e+06"],
    ["0.0001", "0.0001"],
    ["0.00001", "1e-05"],
    ["-0.0", "-0"],
    ["18446744073709551616", "1.8446744073709552e+19"],
    [".inf", "+Inf"],
    ["-.inf", "-Inf"],
    [".nan", "NaN"],
  ] as const;
  for (const [text, printed] of cases) {
    const value = valueOf(`v: ${text}`);
    assert.ok(value instanceof Float, text);
    assert.equal(value.toString(), printed, text);
  }
});

Deno.test("merge keys give what the mapping does not say itself, the earlier one first", () => {
  const text = "a: &a {x: 1, y: 1}\nb: &b {x: 2, z: 2}\nv: {<<: [*a, *b], y: 9}";
  assert.deepEqual(plain(valueOf(text)), { y: 9, x: 1, z: 2 });
});

Deno.test("an alias gives new objects, so that a change to one leaves the other", () => {
  const root = rootOf("a: &a {x: [1]}\nv: *a");
  ((root["v"] as Mapping)["x"] as Value[]).push(2);
  assert.deepEqual((root["a"] as Mapping)["x"], [1]);
});

Deno.test("anchors last beyond the end of a document", () => {
  const documents = parseYaml("a: &a 1\n---\nb: *a\n", "compose.yml", new Locations());
  assert.deepEqual(documents.map(({ value }) => plain(value)), [{ a: 1 }, { b: 1 }]);
});

Deno.test("an empty file has no documents, an empty document holds null", () => {
  assert.deepEqual(parseYaml("# nothing\n", "compose.yml", new Locations()), []);
  assert.deepEqual(
    parseYaml("a: 1\n---\n", "compose.yml", new Locations()).map(({ value }) => plain(value)),
    [{ a: 1 }, null],
  );
});

Deno.test("__proto__ is a key like any other", () => {
  const root = rootOf("__proto__: {polluted: true}\nv: {__proto__: 1}");
  assert.equal(Object.getPrototypeOf(root), null);
  assert.deepEqual(Object.keys(root), ["__proto__", "v"]);
  assert.equal("polluted" in {}, false);
});

Deno.test("!reset and !override are told with their paths", () => {
  const [document] = parseYaml(
    "services:\n  web:\n    ports: !reset []\n    command: !override [a]\n    labels: !reset null\n    dns: [a, !reset b]\n",
    "compose.yml",
    new Locations(),
  );
  assert.deepEqual(plain(document!.value), { services: { web: { command: ["a"], dns: ["a"] } } });
  assert.deepEqual(document!.directives, [
    { kind: "reset", path: ["services", "web", "ports"] },
    { kind: "override", path: ["services", "web", "command"] },
    { kind: "reset", path: ["services", "web", "labels"] },
    { kind: "reset", path: ["services", "web", "dns", 1] },
  ]);
});

Deno.test("a tag within a merged mapping counts where the mapping is merged", () => {
  const [document] = parseYaml("v:\n  <<: {a: !override [1]}\n", "compose.yml", new Locations());
  assert.deepEqual(document!.directives, [{ kind: "override", path: ["v", "a"] }]);
});

Deno.test("every entry knows its file, line and column, also where it was merged", () => {
  const locations = new Locations();
  const [document] = parseYaml(
    "a: &a\n  x: 1\nv:\n  <<: *a\n  list:\n    - one\n    - two\n",
    "compose.yml",
    locations,
  );
  const v = (document!.value as Mapping)["v"] as Mapping;
  assert.deepEqual(locations.find(v, "x"), { file: "compose.yml", line: 2, column: 3 });
  assert.deepEqual(locations.find(v, "list"), { file: "compose.yml", line: 5, column: 3 });
  assert.deepEqual(locations.find(v["list"] as Value[], 1), { file: "compose.yml", line: 7, column: 7 });
  assert.equal(locations.find(v, "none"), undefined);
});

Deno.test("locations can be copied one by one and taken over as a whole", () => {
  const locations = new Locations();
  const [from, to, all] = [{}, {}, {}];
  locations.set(from, "a", { file: "f", line: 1 });
  locations.set(from, "b", { file: "f", line: 2 });
  locations.copy(from, "a", to, "c");
  locations.set(all, "b", { file: "g", line: 9 });
  locations.adopt(from, all);
  assert.deepEqual(locations.find(to, "c"), { file: "f", line: 1 });
  assert.deepEqual([locations.find(all, "a")?.line, locations.find(all, "b")?.line], [1, 9]);
});

Deno.test("what is no YAML is refused with its line", () => {
  const cases: readonly (readonly [string, RegExp, number])[] = [
    ["a:\n  b: [c\n d: e\n", /Broken YAML/, 2],
    ["a:\n\tb: c\n", /Tabs/, 2],
    ["a: 1\nb: c: d\n", /Broken YAML/, 2],
    ['a: 1\nb: "c\n', /Broken YAML/, 3],
    ["a: 1\na: 2\n", /Key "a" is there twice, first in line 1/, 2],
    ["a:\n  <<: {b: 1}\n  <<: {c: 1}\n", /Key "<<" is there twice/, 3],
    ["a:\n  1: b\n", /Key 1 is not a string/, 2],
    ["a:\n  ? [b]\n  : c\n", /is not a string/, 2],
    ["a: 1\nb: 2024-01-31\n", /2024-01-31 is a date/, 2],
    ["a: 1\nb: !!int x\n", /"x" is no !!int/, 2],
    ["a: 1\nb: !!binary x\n", /"x" is no !!binary/, 2],
    ["a: 1\nb: *c\n", /Alias \*c has no anchor/, 2],
    ["a: 1\nb: &b [*b]\n", /contains itself/, 2],
    ["a: 1\nb: {<<: 1}\n", /<< merges something/, 2],
    ["a: 1\nb: c\u0007d\n", /ontrol character U\+0007/, 2],
    ['a: 1\nb: "\\\\ud800 \\ud83d\\ude00"\n', /\\ud83d is half a character/, 2],
  ];
  for (const [text, message, line] of cases) {
    assert.throws(() => parseYaml(text, "compose.yml", new Locations()), (error) => {
      assert.ok(error instanceof ConfigurationError, text);
      assert.match(error.message, message);
      assert.deepEqual([error.location?.file, error.location?.line], ["compose.yml", line], text);
      assert.ok(error.hint, text);
      return true;
    });
  }
});

Deno.test("a date in an extension is a moment", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["2024-01-31", "2024-01-31T00:00:00Z"],
    ["2024-1-3", "2024-01-03T00:00:00Z"],
    ["2001-12-14t21:59:43.10-05:00", "2001-12-14T21:59:43.1-05:00"],
    ["2001-12-14 21:59:43.00", "2001-12-14T21:59:43Z"],
    ["2001-12-14 1:59:43", "2001-12-14T01:59:43Z"],
  ];
  for (const [written, text] of cases) {
    const { since } = rootOf(`x-a: {since: ${written}}`)["x-a"] as Mapping;
    assert.deepEqual(since, new Timestamp(text));
  }
});

Deno.test("files made to exhaust the machine are refused at once", () => {
  const names = "abcdefghi";
  const bomb = [...names].map((name, index) =>
    `${name}: &${name} [${Array(9).fill(index === 0 ? "x" : `*${names[index - 1]}`).join(", ")}]`
  ).join("\n");
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ["alias bomb", bomb, /Aliases repeat more than 50000 values/],
    [
      "chain of aliases",
      ["a0: &a0 [x]", ...Array.from({ length: 5_000 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]`)].join(
        "\n",
      ),
      /Aliases nest too deep/,
    ],
    [
      "chain of merges",
      ["a0: &a0 {}", ...Array.from({ length: 5_000 }, (_, i) => `a${i + 1}: &a${i + 1} {<<: *a${i}}`)].join(
        "\n",
      ),
      /Aliases nest too deep/,
    ],
    ["deep list", "[".repeat(100_000), /more than 100 levels/],
    ["deep block list", "- ".repeat(100_000), /more than 100 levels/],
    ["deep flow mapping", "{a: ".repeat(100_000), /more than 100 levels/],
    ["braces", "{".repeat(100_000), /more than 100 levels/],
    ["quotes", `a: ${'"'.repeat(200_000)}`, /Broken YAML/],
    ["brackets that close nothing", `- {a: ${"}".repeat(200_000)}`, /Broken YAML/],
    [
      "deep mapping",
      Array.from({ length: 1000 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
      /more than 100 levels/,
    ],
  ];
  parseYaml("warm: up", "compose.yml", new Locations());
  for (const [name, text, message] of cases) {
    const [start, memory] = [performance.now(), Deno.memoryUsage().rss];
    assert.throws(() => parseYaml(text, "compose.yml", new Locations()), message, name);
    // A tenth on an idle machine.
    assert.ok(performance.now() - start < 500, `${name} took ${performance.now() - start} ms`);
    assert.ok(
      Deno.memoryUsage().rss - memory < 50e6,
      `${name} took ${Deno.memoryUsage().rss - memory} bytes`,
    );
  }
});

function rootOf(text: string): Mapping {
  const [document] = parseYaml(text, "compose.yml", new Locations());
  assert.ok(isMapping(document!.value));
  return document!.value;
}

function valueOf(text: string): Value {
  return rootOf(`${text}\n`)["v"]!;
}

/** With prototypes, as literals have them. */
function plain(value: Value): unknown {
  return structuredClone(value);
}
