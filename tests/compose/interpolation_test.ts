import assert from "node:assert/strict";
import { ConfigurationError } from "../../lib/errors.ts";
import { interpolate, interpolateTree } from "../../lib/compose/interpolate.ts";
import { Locations } from "../../lib/compose/locations.ts";
import { Float, type Mapping } from "../../lib/compose/value.ts";
import { parseYaml } from "../../lib/compose/yaml.ts";

const VARIABLES = new Map([["A", "alpha"], ["B", "beta"], ["EMPTY", ""], ["SECRET", "hunter2"]]);
const lookup = (name: string) => VARIABLES.get(name);

Deno.test("variables are filled in, with every operator", () => {
  const cases = [
    ["no variable", "no variable"],
    ["$A-${B}", "alpha-beta"],
    ["$$A $${A} $$$A", "$A ${A} $alpha"],
    ["$1 x$ $} $ A", "$1 x$ $} $ A"],
    ["${EMPTY:-d} ${EMPTY-d} ${NONE:-d} ${NONE-d} ${A:-d} ${A-d}", "d  d d alpha alpha"],
    ["${EMPTY:+d} ${EMPTY+d} ${NONE:+d} ${NONE+d} ${A:+d} ${A+d}", " d   d d"],
    ["${A:?x} ${A?x} ${EMPTY?x}", "alpha alpha "],
    ["${NONE:-${NONE:-$B}}/${A}", "beta/alpha"],
    ["${NONE:-{a}}", "{a}"],
    ["${NONE:-a:b?c}", "a:b?c"],
    ["${NONE:-a}${B}", "abeta"],
  ] as const;
  for (const [text, result] of cases) assert.equal(interpolate(text, lookup), result, text);
});

Deno.test("what is no variable is refused, and says what was written", () => {
  for (const text of ["${", "${}", "${1X}", "${a.b}", "${A!b}", "${A", "${NONE:-a\nb}"]) {
    assert.throws(() => interpolate(text, lookup), (error) => {
      assert.ok(error instanceof ConfigurationError);
      assert.ok(error.message.includes(text), error.message);
      return true;
    });
  }
});

Deno.test("a required variable says its name, its state and the reason", () => {
  const cases = [
    ["${NONE:?add it}", "Variable NONE is not set: add it"],
    ["${NONE?}", "Variable NONE is not set"],
    ["${EMPTY:?}", "Variable EMPTY is empty"],
    ["${NONE:?like $SECRET}", "Variable NONE is not set: like $SECRET"],
    ["${A:-${NONE:?x}}", "Variable NONE is not set: x"],
  ] as const;
  for (const [text, message] of cases) assert.throws(() => interpolate(text, lookup), { message }, text);
});

Deno.test("only variables that become blank are reported as unset", () => {
  const unset: string[] = [];
  interpolate("$X ${Y} ${Z:-d} ${A:-$Q} ${W:-$V} ${A:+$U} ${T:+$S}", lookup, {
    unset: (name) => unset.push(name),
  });
  assert.deepEqual(unset, ["X", "Y", "V", "U"]);
});

Deno.test("defaults without end are refused", () => {
  assert.throws(
    () => interpolate("${X:-".repeat(500) + "}".repeat(500), lookup),
    /nested more than 50 levels/,
  );
});

Deno.test("values are filled in and keys are not, everywhere in a document", () => {
  const { value } = read("x-$A: $A\nservices: {$B: {labels: [$A, {b: $B}], n: 1}}\n");
  assert.deepEqual(structuredClone(value), {
    "x-$A": "alpha",
    services: { $B: { labels: ["alpha", { b: "beta" }], n: 1 } },
  });
});

Deno.test("texts become numbers and booleans where these belong", () => {
  const { value } = read(`
services:
  a:
    tty: "yes"
    init: Off
    cpus: "0.1"
    cpu_percent: "12.5"
    scale: "+2"
    pids_limit: "9007199254740993"
    user: "5"
    ports: [{target: "80", published: "81"}, "80"]
    ulimits: {nofile: "1", core: {soft: "2", hard: 3}}
    volumes: [{read_only: "true", volume: {nocopy: "n"}}]
    healthcheck: {retries: "3", interval: "1"}
networks: {a: {external: "true", internal: y}}
`);
  assert.deepEqual(structuredCloneOf(value["services"]), {
    a: {
      tty: true,
      init: false,
      cpus: { value: Math.fround(0.1) },
      cpu_percent: { value: 12.5 },
      scale: 2,
      pids_limit: 9007199254740993n,
      user: "5",
      ports: [{ target: 80, published: "81" }, "80"],
      ulimits: { nofile: 1, core: { soft: 2, hard: 3 } },
      volumes: [{ read_only: true, volume: { nocopy: false } }],
      healthcheck: { retries: 3, interval: "1" },
    },
  });
  assert.deepEqual(structuredClone(value["networks"]), { a: { external: true, internal: true } });
});

Deno.test("errors name the place, and never the value of a variable", () => {
  const cases = [
    [
      "services:\n  a:\n    tty: ${SECRET}\n",
      "services.a.tty",
      '"${SECRET}" with its variables filled in is not true or false',
    ],
    ["services:\n  a:\n    scale: many\n", "services.a.scale", '"many" is not a whole number'],
    ["services:\n  a:\n    dns: 'b${'\n", "services.a.dns", '"b${" is not a valid use of a variable'],
    ["services:\n  a:\n    image: ${X:?no}\n", "services.a.image", "Variable X is not set: no"],
  ] as const;
  for (const [text, path, message] of cases) {
    assert.throws(() => read(text), (error) => {
      assert.ok(error instanceof ConfigurationError, text);
      assert.deepEqual([error.message, error.path, error.location?.line], [message, path, 3]);
      assert.ok(!error.message.includes("hunter2"));
      return true;
    });
  }
});

Deno.test("unset variables are told with their place", () => {
  const { unset } = read(
    "services:\n  a:\n    image: a\n    environment:\n      - A=$NONE\n      - B=${NONE2}\n",
  );
  assert.deepEqual(unset, [["NONE", 5], ["NONE2", 6]]);
});

Deno.test("the text as written is kept beside the value", () => {
  const { value, locations } = read("a: ${SECRET}\nb: plain\n");
  assert.equal(value["a"], "hunter2");
  assert.equal(locations.find(value, "a")?.text, "${SECRET}");
  assert.equal(locations.find(value, "b")?.text, undefined);
});

function read(text: string): { value: Mapping; locations: Locations; unset: [string, number | undefined][] } {
  const locations = new Locations();
  const unset: [string, number | undefined][] = [];
  const value = parseYaml(text, "compose.yml", locations)[0]!.value as Mapping;
  interpolateTree(value, lookup, locations, (name, location) => unset.push([name, location?.line]));
  return { value, locations, unset };
}

/** Floats as plain objects. */
function structuredCloneOf(value: unknown): unknown {
  if (value instanceof Float) return { value: value.value };
  return structuredClone(value);
}
