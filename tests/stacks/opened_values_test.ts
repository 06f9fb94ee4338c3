import assert from "node:assert/strict";
import { openedValues } from "../../lib/stacks/opened_values.ts";

const CASES: readonly [what: string, path: string, text: string, values: readonly string[]][] = [
  ["a dotenv file", "/a.env", `A=one\nexport B='two $x'\nC="three\\nlines" # note\n`, [
    "one",
    "two $x",
    "three\nlines",
  ]],
  ["a token", "/token.enc.txt", "abcdef=\n", ["abcdef=\n", "abcdef="]],
  ["YAML", "/a.secret.yaml", `db:\n  password: "hunter2"\n  port: 5432\n`, ["hunter2", "5432"]],
  ["a key", "/key.enc.pem", "-----BEGIN-----\r\nline\r\n-----END-----\r\n", ["line"]],
];

for (const [what, path, text, values] of CASES) {
  Deno.test(`of an encrypted file that is ${what}, every value is told for masking`, () => {
    const found = openedValues([path], new Map([[path, new TextEncoder().encode(text)]]));
    for (const value of values) assert.ok(found.includes(value), `${JSON.stringify(value)} in ${found}`);
    assert.ok(!found.includes(""));
  });
}

Deno.test("a file that is none of the encrypted ones, or could not be opened, has no values", () => {
  assert.deepEqual(openedValues(["/a", "/b"], new Map([["/b", new Error("no key")]])), []);
  assert.deepEqual(openedValues(["/a"], undefined), []);
});
