import assert from "node:assert/strict";
import { ConfigurationError } from "../../lib/errors.ts";
import { parseDotenv } from "../../lib/compose/dotenv.ts";
import { parseRawEnv } from "../../lib/compose/raw_env.ts";

const lookup = (name: string) => name === "OUTER" ? "outer" : undefined;

Deno.test("a .env file gives its variables", () => {
  const cases: readonly (readonly [string, Record<string, string>])[] = [
    ["A=1\nB = 2\nexport C=3\nD: 4\n", { A: "1", B: "2", C: "3", D: "4" }],
    ["# c\n\nA=x # c\nB=x#y\nC= # c\n", { A: "x", B: "x#y", C: "# c" }],
    ["A=1\nA=2\n", { A: "2" }],
    ["A='$OUTER \\n it\\'s'\n", { A: "$OUTER \\n it's" }],
    ['A="a\\tb \\"c\\" \\$OUTER $OUTER"\n', { A: 'a\tb "c" $OUTER outer' }],
    ['A="one\ntwo"\nB=3\n', { A: "one\ntwo", B: "3" }],
    ["A=\\$OUTER\nB=$$x\n", { A: "\\outer", B: "$x" }],
    ["A=1\nB=${A}${NONE:-d}\n", { A: "1", B: "1d" }],
    ["OUTER=inner\nB=$OUTER\n", { OUTER: "inner", B: "outer" }],
    ["A=1\r\nB=2\r\n", { A: "1", B: "2" }],
    ["\ufeffA=1", { A: "1" }],
    ['A="\\0101\\x"\n', { A: "A\\x" }],
  ];
  for (const [text, variables] of cases) {
    assert.deepEqual(Object.fromEntries(parseDotenv(text, ".env", lookup)), variables, JSON.stringify(text));
  }
});

Deno.test("a name without = is inherited, or left out; also in a last line without an end", () => {
  assert.deepEqual([...parseDotenv("OUTER\nNONE\nA=1", ".env", lookup)], [["OUTER", "outer"], ["A", "1"]]);
  assert.deepEqual([...parseDotenv("OUTER", ".env", lookup)], [["OUTER", "outer"]]);
});

Deno.test("files read one after the other see and replace each other's variables", () => {
  const into = parseDotenv("A=1\nB=1\n", "one.env", lookup);
  parseDotenv("B=2$A\n", "two.env", lookup, { into });
  assert.deepEqual(Object.fromEntries(into), { A: "1", B: "21" });
});

Deno.test("unset variables are told with their line", () => {
  const unset: [string, number][] = [];
  parseDotenv("A=1\n\nB=$NONE\nC='$NONE'\n", ".env", lookup, {
    onUnset: (name, line) => unset.push([name, line]),
  });
  assert.deepEqual(unset, [["NONE", 3]]);
});

Deno.test("a broken .env file is refused with its line, and without what it holds", () => {
  const cases: readonly (readonly [string, number, RegExp])[] = [
    ["A=1\nhunter2 B=2\n", 2, /holds a space/],
    ["A=1\nhunter2/B=2\n", 2, /holds "\/"/],
    ['A=1\n\nB="hunter2\nC=3\n', 3, /starts with " has no end/],
    ["A='hunter2\n", 1, /starts with ' has no end/],
    ["A=1\nB=${hunter2\n", 2, /cannot be worked out/],
  ];
  for (const [text, line, message] of cases) {
    assert.throws(() => parseDotenv(text, ".env", lookup), (error) => {
      assert.ok(error instanceof ConfigurationError);
      assert.match(error.message, message);
      assert.deepEqual([error.location?.file, error.location?.line], [".env", line], text);
      assert.ok(!error.message.includes("hunter2"), error.message);
      return true;
    });
  }
});

Deno.test("a raw env file has no quotes, no variables and no comments behind values", () => {
  const text = '# c\nA="x" # c\n  B=$OUTER \nOUTER\nNONE\nC=\r\n';
  assert.deepEqual(Object.fromEntries(parseRawEnv(text, "raw.env", lookup)), {
    A: '"x" # c',
    B: "$OUTER ",
    OUTER: "outer",
    C: "",
  });
  assert.throws(() => parseRawEnv("A B=1", "raw.env", lookup), /holds a space/);
  assert.throws(() => parseRawEnv("=1", "raw.env", lookup), /has no name/);
});
