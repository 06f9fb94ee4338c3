import assert from "node:assert/strict";
import { join } from "node:path";
import { inspect } from "node:util";
import { HomeportError } from "../../../lib/errors.ts";
import {
  isSopsFile,
  namesInSopsFile,
  type OpenedSopsFile,
  openSopsFile,
} from "../../../lib/secrets/sops/sops_file.ts";
import { dotenvVariables } from "../../../lib/secrets/sops/variables.ts";
import { type Sealed, sealSopsJson } from "../../fakes/sops_writer.ts";
import { decrypted, encrypted, FIXTURES, identities, keyText, open, openChanged } from "./fixtures.ts";

/** Refused, or for another key. */
const NOT_OPENED = ["settings.ini", "key_groups.yaml", "quantum.json"];

for (
  const { name } of [...Deno.readDirSync(join(FIXTURES, "encrypted"))].sort((a, b) =>
    a.name < b.name ? -1 : 1
  )
) {
  if (NOT_OPENED.includes(name)) continue;
  Deno.test(`${name} is decrypted to the bytes that sops prints`, async () => {
    const { plaintext } = await open(name);
    assert.equal(new TextDecoder().decode(plaintext), new TextDecoder().decode(decrypted(name)));
    assert.deepEqual(plaintext, decrypted(name));
  });
}

Deno.test("every file of sops is known as one without a key, and no file in clear is", () => {
  for (const { name } of Deno.readDirSync(join(FIXTURES, "encrypted"))) {
    assert.ok(isSopsFile(encrypted(name)), name);
  }
  for (const { name } of Deno.readDirSync(join(FIXTURES, "clear"))) {
    assert.equal(isSopsFile(Deno.readFileSync(join(FIXTURES, "clear", name))), false, name);
  }
});

Deno.test("values of YAML become variables, each in the form that sops keeps it in", async () => {
  const { variables } = await open("types.yaml");
  const expected = {
    text: "correct horse",
    empty: "",
    yes_word: "yes",
    true_word: "true",
    large: "9223372036854775807",
    octal: "511",
    quoted_number: "0777",
    exponent: "1000000",
    point: "1",
    tiny: "0.00000015",
    infinite: "+Inf",
    date: "2024-01-31T00:00:00Z",
    moment: "2024-01-31T10:20:30.5+02:00",
    quoted_date: "2024-01-31",
    unicode: "pässwörd-密码",
    emoji: "🗝️",
    dollar: "pa$$w0rd-${X}",
    windows: "first\r\nsecond\r\n",
    lines: "-----BEGIN-----\n  indented\n\n-----END-----\n",
    lines_kept: "one\n\n",
    merge: "<<",
    port_unencrypted: "511",
    nested_deep_deeper: "value",
    nested_list_1: "2",
    nested_list_2: "3.5",
    nested_list_5_inner: "map",
    nested_list_6_1: "b",
    nested_flow_y_0: "z",
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(variables[name], value, name);
  for (const name of ["nothing", "tilde", "nested_list_4", "nested_none"]) {
    assert.equal(Object.hasOwn(variables, name), false, name);
  }
});

Deno.test("values of JSON become variables in the order of the file, with whole numbers of any length", async () => {
  const { variables } = await open("types.json");
  assert.equal(variables["large"], "9007199254740993");
  assert.equal(variables["html"], '<a href="x">&</a>');
  assert.equal(variables["huge"], "1000000000000000000000");
  assert.equal(variables["nested_list_4_inner"], "map");
  assert.equal(variables["10"], "ten");
});

Deno.test("an encrypted dotenv file means what it means in clear", async () => {
  assert.deepEqual((await open("plain.env")).variables, {
    DB_PASSWORD: "hunter2-hunter2",
    EMPTY: "",
    QUOTED: "pa$$word # no comment",
    LINES: "first\nsecond",
    EXPORTED: "yes",
    UNICODE: "pässwörd-密码-🗝️",
    EQUALS: "a=b=c",
    PORT_unencrypted: "5432",
  });
});

Deno.test("comments in a list are no items", async () => {
  const { variables } = await open("comments.yaml");
  assert.equal(variables["list_1"], "b");
  assert.equal(Object.keys(variables).filter((name) => name.startsWith("list_")).length, 4);
});

Deno.test("a comment that does not open stays as it is, as for sops, which leaves comments out of the MAC", async () => {
  const { plaintext } = await openChanged("plain.env", (text) => text.replace(/^#ENC.*$/m, "#by hand"));
  assert.match(new TextDecoder().decode(plaintext), /^#by hand\nDB_PASSWORD=hunter2-hunter2\n/);
});

Deno.test("the variables of all documents of a file count", async () => {
  assert.deepEqual((await open("documents.yaml")).variables, {
    name: "one",
    shared: "first",
    other: "two",
    list_0: "x",
  });
});

Deno.test("a binary file has content and no variables", async () => {
  assert.deepEqual((await open("content.bin")).variables, {});
  assert.deepEqual(namesInSopsFile(encrypted("content.bin"), "content.bin"), []);
});

for (
  const name of [
    "types.yaml",
    "types.json",
    "plain.env",
    "comments.yaml",
    "documents.yaml",
    "encrypted_regex.json",
  ]
) {
  Deno.test(`the names in ${name} are told without a key`, async () => {
    const { variables } = await open(name);
    assert.deepEqual([...namesInSopsFile(encrypted(name))].sort(), Object.keys(variables).sort());
    assert.deepEqual([...namesInSopsFile(encrypted(name), name)].sort(), Object.keys(variables).sort());
  });
}

Deno.test("either of two recipients opens a file, whatever other keys there are", async () => {
  for (const keys of [identities("first"), identities("second"), identities("stranger", "second")]) {
    assert.deepEqual((await open("two_recipients.env", keys)).variables, { TOKEN: "for-both-of-them" });
  }
});

Deno.test("a key that quantum computers do not break opens a file", async () => {
  assert.deepEqual((await open("quantum.json", identities("quantum"))).variables, {
    token: "beyond-quantum",
  });
});

async function openSealed(values: readonly Sealed[]): Promise<OpenedSopsFile> {
  const text = await sealSopsJson(values, { recipients: [/age1\w+/.exec(keyText("first"))![0]] });
  return await openSopsFile("x.json", new TextEncoder().encode(text), identities("first"));
}

Deno.test("bytes, as old versions of sops wrote them, are read", async () => {
  const opened = await openSealed([{ key: "blob", text: "some bytes", type: "bytes" }]);
  assert.deepEqual(opened.variables, { blob: "some bytes" });
  assert.equal(new TextDecoder().decode(opened.plaintext), '{\n\t"blob": "c29tZSBieXRlcw=="\n}\n');
});

Deno.test("two values that become one variable are an error that names it; the plaintext is still there", async () => {
  const values = [{ key: "DB_NAME", text: "hunter2" }, { key: "DB.NAME", text: "hunter3" }];
  const opened = await openSealed(values);
  assert.equal(
    new TextDecoder().decode(opened.plaintext),
    '{\n\t"DB_NAME": "hunter2",\n\t"DB": {\n\t\t"NAME": "hunter3"\n\t}\n}\n',
  );
  assert.throws(() => opened.variables, (error: unknown) => {
    assert.ok(error instanceof HomeportError);
    assert.equal(error.message, "Two values of the file become the variable DB_NAME");
    assert.equal(error.location?.line, 4);
    return true;
  });
});

Deno.test("a decrypted dotenv file that Compose could not read is an error without its text", async () => {
  const cases = [
    ["A", "pa$hunter2", "A value of the decrypted file uses a variable that is not set"],
    ["A", "'hunter2", "The decrypted file is not NAME=value"],
    ["A B", "hunter2", "The decrypted file is not NAME=value"],
  ] as const;
  for (const [key, text, message] of cases) {
    const { variables } = await openSealed([{ key, text }]);
    assert.deepEqual(variables, { [key]: text });
    const plaintext = new TextEncoder().encode(`#\n${key}=${text}\n`);
    assert.throws(() => dotenvVariables(plaintext, "x.env"), (error: unknown) => {
      assert.ok(error instanceof HomeportError);
      assert.equal(error.message, message);
      assert.deepEqual(error.location, { file: "x.env", line: 2 });
      assert.doesNotMatch(inspect(error), /hunter2/);
      return true;
    });
  }
});
