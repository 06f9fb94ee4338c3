import assert from "node:assert/strict";
import type { CredentialReference } from "../../../lib/config/config.ts";
import { formatError } from "../../../lib/errors.ts";
import { repositoryFiles } from "../../../lib/secrets/sops/repository_files.ts";
import { failureOf } from "../../failure_of.ts";
import { decrypted, encrypted } from "./fixtures.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const PLAIN = bytes("A=hunter2\n");
const files = (keys?: readonly CredentialReference[]) =>
  repositoryFiles(keys, { dataDir: "/nowhere", signal: new AbortController().signal }, () => {});

const COVERED: readonly (readonly [path: string, content: Uint8Array, covered: boolean])[] = [
  ["web/a.secret.env", PLAIN, true],
  ["web/.secret.yaml", PLAIN, true],
  ["web/a.secret.json", PLAIN, true],
  ["web/secret.env", PLAIN, false],
  ["web/.env", PLAIN, false],
  ["web/.env", encrypted("plain.env"), true],
  ["web/values.yaml", encrypted("documents.yaml"), true],
  ["web/key.enc.pem", PLAIN, false],
  ["web/plain.env.txt", encrypted("plain.env"), false],
];

for (const [path, content, covered] of COVERED) {
  const what = content === PLAIN ? "in clear" : "encrypted";
  Deno.test(`${path}, ${what}, is ${covered ? "" : "not "}a file for sops`, () =>
    assert.equal(files().covers(path, () => content), covered));
}

Deno.test("names of variables need no key, and only files that are named for it give any", () => {
  assert.ok(files().namesIn("web/a.secret.env", encrypted("plain.env")).includes("DB_PASSWORD"));
  assert.deepEqual(files().namesIn("web/.env", encrypted("plain.env")), []);
  assert.throws(() => files().namesIn("web/a.secret.env", PLAIN), /Not encrypted/);
});

Deno.test("a file of the repository opens with the host's key", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(
      path,
      Deno.readTextFileSync(new URL("../../fixtures/sops/keys/first.test-key.txt", import.meta.url)),
    );
    const opened = files([{ kind: "credential-from-file", path }]);
    const { content, variables } = await opened.open("web/a.secret.env", encrypted("plain.env"));
    assert.deepEqual(content, decrypted("plain.env"));
    assert.equal(variables["DB_PASSWORD"], "hunter2-hunter2");
    assert.deepEqual((await opened.open("web/.env", encrypted("plain.env"))).variables, {});
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("without its key a file is waited for, and named", async () => {
  const error = await failureOf(files([]).open("web/a.secret.env", encrypted("plain.env")));
  assert.match(formatError(error), /web\/a\.secret\.env/);
});

Deno.test("what lies in clear is found by its name, and by the nearest .sops.yaml", () => {
  const tree: Readonly<Record<string, Uint8Array>> = {
    ".sops.yaml": bytes("creation_rules:\n  - path_regex: prod\\.env$\n    age: age1x\n"),
    "web/a.secret.env": PLAIN,
    "web/prod.env": PLAIN,
    "web/dev.env": PLAIN,
  };
  const problems = files().findUnencrypted!(
    Object.keys(tree).filter((path) => path.includes("/")),
    (path) => tree[path],
  );
  assert.deepEqual(
    problems.map((problem) => formatError(problem).split("\n")[0]!.replace(/\(.*\)$/, "").trim()),
    [
      "A secret lies in clear, and should be encrypted, by its name",
      "A secret lies in clear, and should be encrypted, as .sops.yaml:2 says",
    ],
  );
  assert.deepEqual(problems.map(({ location }) => location), [
    { file: "web/a.secret.env", line: 1 },
    { file: "web/prod.env", line: 1 },
  ]);
});
