import assert from "node:assert/strict";
import { join } from "node:path";
import { findCreationRule, readCreationRules } from "../../../lib/secrets/sops/creation_rules.ts";
import { findUnencrypted } from "../../../lib/secrets/sops/find_unencrypted.ts";
import { SopsError } from "../../../lib/secrets/sops/sops_error.ts";
import { encrypted, FIXTURES } from "./fixtures.ts";

const REPOSITORY = join(FIXTURES, "repository");
const file = (path: string, content: string | Uint8Array) => ({
  path: path.startsWith("/") ? path : join(REPOSITORY, path),
  bytes: typeof content === "string" ? new TextEncoder().encode(content) : content,
});
const real = (path: string) => file(path, Deno.readFileSync(join(REPOSITORY, path)));
const SOPS_YAML = real(".sops.yaml");

const CASES: readonly [
  what: string,
  path: string,
  content: string | Uint8Array,
  found: string | undefined,
][] = [
  [
    "a file that matches a rule",
    "stacks/web/a.secret.yaml",
    "user: me\nnested:\n  password: hunter2\n",
    "3 nested.password by 3",
  ],
  [
    "a file in which nothing has to be encrypted",
    "stacks/web/a.secret.yaml",
    "user: me\npassword: ''\ntoken: null\n",
    undefined,
  ],
  ["a file of another rule", "docs/b.env", "# note\nA=\nB=2\n", "3 B by 6"],
  ["a value that stays readable", "docs/b.env", "B_unencrypted=2\n", undefined],
  ["a file of no format", "docs/notes.txt", "hunter2\n", "1  by 6"],
  ["an empty file", "docs/notes.txt", "\n", undefined],
  ["a file that a rule without path_regex leaves out", "compose.yaml", "services: {}\n", undefined],
  ["a file with the name of a secret", "stacks/db/a.secret.json", '{\n"a": 1}', "2 a by 8"],
  ["broken YAML", "stacks/db/a.secret.yaml", "a: [\n", "2  by 8"],
  ["the rules themselves", ".sops.yaml", "a: b\n", undefined],
  ["a file that sops encrypted", "docs/plain.env", encrypted("plain.env"), undefined],
  [
    "a value added by hand to a file of sops",
    "docs/plain.env",
    `${new TextDecoder().decode(encrypted("plain.env"))}NEW=hunter2\n`,
    "17 NEW by 6",
  ],
  [
    "the same beyond the rules",
    "/elsewhere/plain.env",
    `NEW=hunter2\n${new TextDecoder().decode(encrypted("plain.env"))}`,
    "1 NEW by -",
  ],
  ["the name of a secret beyond the rules", "/elsewhere/a.secret.env", "A=1\n", "1 A by -"],
  ["any other file beyond the rules", "/elsewhere/a.env", "A=1\n", undefined],
];

for (const [what, path, content, expected] of CASES) {
  Deno.test(`${what} is ${expected === undefined ? "left alone" : "found in clear, with its line"}`, () => {
    const [found, ...more] = findUnencrypted([SOPS_YAML], [file(path, content)]);
    assert.equal(more.length, 0);
    const shown = found && `${found.location.line} ${found.path ?? ""} by ${found.rule?.line ?? "-"}`;
    assert.equal(shown, expected);
  });
}

Deno.test("of two files beside each other the one in clear is found", () => {
  const files = ["stacks/web/clear.secret.yaml", "stacks/web/encrypted.secret.yaml"].map(real);
  assert.deepEqual(findUnencrypted([SOPS_YAML], files), [{
    location: { file: files[0]!.path, line: 4 },
    path: "nested.password",
    rule: { file: SOPS_YAML.path, line: 3 },
  }]);
});

Deno.test("the nearest .sops.yaml counts", () => {
  const nearer = file("docs/.sops.yaml", "creation_rules:\n  - path_regex: ^deep/\n");
  const files = [file("docs/b.env", "B=2\n"), file("docs/deep/c.env", "C=3\n")];
  const found = findUnencrypted([SOPS_YAML, nearer], files);
  assert.deepEqual(found.map(({ location, rule }) => [location.file, rule?.file]), [[
    files[1]!.path,
    nearer.path,
  ]]);
});

Deno.test("the first rule that fits counts, and its expression sees the path from the .sops.yaml on", () => {
  const rules = readCreationRules(SOPS_YAML);
  const lineOf = (path: string) => findCreationRule(rules, join(REPOSITORY, path))?.line;
  assert.equal(lineOf("stacks/web/a.secret.yaml"), 3);
  assert.equal(lineOf("stacks/web/a.env"), 6);
  assert.equal(lineOf("anything"), 8);
  assert.deepEqual(readCreationRules(file(".sops.yaml", "stores: {}\n")), []);
});

const BROKEN: readonly [text: string, message: string, line: number][] = [
  ["creation_rules: 1\n", "Cannot use .sops.yaml: creation_rules is no list", 1],
  ["creation_rules:\n  - x\n", "Cannot use .sops.yaml: a creation rule is no mapping", 1],
  [
    "creation_rules:\n  - path_regex: (\n",
    "Cannot use .sops.yaml: path_regex is no regular expression that Homeport can read",
    2,
  ],
  ["creation_rules:\n  - path_regex: [a]\n", "Cannot use .sops.yaml: path_regex is no text", 2],
  [
    "creation_rules:\n  - encrypted_regex: a\n    encrypted_suffix: b\n",
    "Cannot use .sops.yaml: a creation rule has both encrypted_suffix and encrypted_regex",
    2,
  ],
  ["a: [\n", "Broken YAML", 2],
];

for (const [text, message, line] of BROKEN) {
  Deno.test(`a .sops.yaml is refused: ${message}`, () => {
    assert.throws(() => findUnencrypted([file(".sops.yaml", text)], []), (error: unknown) => {
      assert.ok(error instanceof SopsError);
      assert.equal(error.message, message);
      assert.equal(error.location?.line, line);
      return true;
    });
  });
}
