import assert from "node:assert/strict";
import { join } from "node:path";
import {
  namesOfStackSecrets,
  openStackSecrets,
  secretFilesOf,
} from "../../../lib/secrets/sops/stack_secrets.ts";
import { memoryFiles } from "../../fakes/memory_files.ts";
import { decrypted, encrypted, failureOf, identities } from "./fixtures.ts";

const text = (name: string) => new TextDecoder().decode(encrypted(name));
const stack = { folder: "/repo/web" };
const FILES = memoryFiles("/repo", {
  "web/compose.yaml": "services: {}\n",
  "web/a.secret.env": text("plain.env"),
  "web/b.secret.json": text("encrypted_regex.json"),
  "web/c.secret.yml": text("two_recipients.env").replace(/[^]*/, text("documents.yaml")),
  "web/.secret.yaml": text("mac_only_encrypted.yaml"),
  "web/folder.secret.env/x": "",
  "web/deeper/d.secret.env": "",
  "web/secret.env": "A=1\n",
});

Deno.test("the secret files of a stack are those of its own folder, sorted by name", () => {
  assert.deepEqual(secretFilesOf(stack, FILES), [
    "/repo/web/.secret.yaml",
    "/repo/web/a.secret.env",
    "/repo/web/b.secret.json",
    "/repo/web/c.secret.yml",
  ]);
  assert.deepEqual(secretFilesOf({ folder: "/repo/none" }, FILES), []);
});

Deno.test("the secret files of a stack give their variables together; the last one by name wins", async () => {
  const { variables, plaintexts } = await openStackSecrets(stack, FILES, identities("first"));
  assert.equal(variables["user"], "me");
  assert.equal(variables["password"], "hunter2-hunter2");
  assert.equal(variables["DB_PASSWORD"], "hunter2-hunter2");
  assert.equal(variables["nested_TOKEN_0"], "a-token-value");
  assert.equal(variables["name"], "one");
  assert.deepEqual(plaintexts.get("/repo/web/a.secret.env"), decrypted("plain.env"));
  assert.deepEqual([...namesOfStackSecrets(stack, FILES)].sort(), Object.keys(variables).sort());
  const two = memoryFiles("/repo", {
    "web/a.secret.yaml": text("mac_only_encrypted.yaml"),
    "web/b.secret.json": text("encrypted_regex.json"),
  });
  const opened = await openStackSecrets(stack, two, identities("first"));
  assert.deepEqual([opened.variables["password"], opened.variables["Password"]], [
    "hunter2-hunter2",
    "hunter2-hunter2",
  ]);
});

Deno.test("one secret file that cannot be opened fails the stack's secrets, by its path", async () => {
  const clear = memoryFiles("/repo", {
    "web/a.secret.env": text("plain.env"),
    "web/b.secret.env": "A=hunter2\n",
  });
  const error = await failureOf(openStackSecrets(stack, clear, identities("first")));
  assert.equal(error.message, "Not encrypted: the file holds no metadata of sops");
  assert.deepEqual(error.location, { file: join(stack.folder, "b.secret.env") });
});
