import assert from "node:assert/strict";
import { findGoRegex } from "../../../lib/secrets/sops/go_regex.ts";

/** What Go's `regexp.MatchString` says to each text was asked of Go 1.26. */
const CASES: readonly [source: string, matching: readonly string[], others: readonly string[]][] = [
  ["^(data|stringData)$", ["data", "stringData"], ["xdata", "data\n"]],
  ["(?i)^PASSWORD$", ["password", "PassWord"], ["passwords"]],
  ["a(?i)b|c", ["aB", "ab", "C", "c"], ["AB"]],
  ["(?i:A)b", ["ab", "Ab"], ["aB"]],
  ["^(?:x(?i)y)z$", ["xyz", "xYz"], ["xYZ"]],
  ["[[:upper:]]_[[:digit:]]+", ["A_1"], ["a_1"]],
  [`stacks/.*\\.secret\\.(env|ya?ml)$`, ["stacks/web/a.secret.env", "stacks/a.secret.yml"], ["stacks/a.env"]],
  ["\\_x\\-y\\/z", ["_x-y/z"], ["x"]],
  ["\\Aa\\z", ["a"], ["a\n", "ba"]],
  ["(?P<name>a)(?<other>b)", ["ab"], ["a"]],
  ["\\pL+\\d{2}", ["é12"], ["12"]],
  ["^\\p{Greek}$", ["α"], ["a"]],
  ["[^a-c\\s]", ["d"], ["a", " "]],
  ["[]a]", ["]", "a"], ["b"]],
  ["a{,2}", ["a{,2}"], ["aa"]],
  ["^.$", ["é", "🗝"], ["\n", "ab"]],
  ["\\x41\\x{1F5DD}", ["A🗝"], ["A"]],
  ["^\\Qa.b\\E$", ["a.b"], ["axb"]],
  ["(?s)a.b", ["a\nb"], []],
  ["\\bkey\\b", ["my key"], ["monkey"]],
  ["^\\s$", [" ", "\t"], ["\v", "\u00a0"]],
  ["a]b}", ["a]b}"], ["ab"]],
];

for (const [source, matching, others] of CASES) {
  Deno.test(`${JSON.stringify(source)} matches what it matches in Go`, () => {
    const regex = findGoRegex(source);
    assert.ok(regex);
    assert.deepEqual(matching.filter((text) => !regex.test(text)), []);
    assert.deepEqual(others.filter((text) => regex.test(text)), []);
  });
}

for (
  const source of [
    "(?=a)",
    "(?<!a)b",
    "(a)\\1",
    "a(",
    "a)",
    "[a",
    "*a",
    "\\8",
    "\\é",
    "(?x)a",
    "[[:foo:]]",
    "a\\",
  ]
) {
  Deno.test(`${JSON.stringify(source)} is no expression of Go`, () => {
    assert.equal(findGoRegex(source), undefined);
  });
}
