import assert from "node:assert/strict";
import { inspect } from "node:util";
import { formatError } from "../../../lib/errors.ts";
import { parseIdentities } from "../../../lib/secrets/sops/identities.ts";
import { type OpenedSopsFile, openSopsFile } from "../../../lib/secrets/sops/sops_file.ts";
import { failureOf } from "../../failure_of.ts";
import { sealSopsJson } from "../../fakes/sops_writer.ts";
import { encrypted, identities, keyText, open, openChanged } from "./fixtures.ts";

const FIRST = /age1\w+/.exec(keyText("first"))![0];
const ENC = /ENC\[AES256_GCM[^\]]*\]/;
const line = (key: string) => new RegExp(`(^\\s*"?${key}"?[:=] ?)(.*)$`, "m");
const swap = (one: string, other: string) => (text: string) => {
  const [first, second] = [line(one).exec(text)![2]!, line(other).exec(text)![2]!];
  return text.replace(line(one), `$1${second}`).replace(line(other), `$1${first}`);
};
const within = (pattern: RegExp, change: (part: string) => string) => (text: string) =>
  text.replace(pattern, change);
/** Another digit of Base64 in the encrypted part. */
const flip = within(
  /^DB_PASSWORD=.*data:(.)/m,
  (part) => part.slice(0, -1) + (part.endsWith("A") ? "B" : "A"),
);
const seal = async (metadata: Record<string, unknown>, dataKeyLength?: number) =>
  await sealSopsJson([{ key: "TOKEN", text: "hunter2-hunter2" }], {
    recipients: [FIRST],
    metadata,
    ...(dataKeyLength && { dataKeyLength }),
  });
const openText = (text: string, name = "x.json"): Promise<OpenedSopsFile> =>
  openSopsFile(name, new TextEncoder().encode(text), identities("first"));

const MAC = "The file was changed after sops encrypted it: its MAC does not fit";

const REFUSED: readonly [what: string, open: () => Promise<unknown>, message: string | RegExp][] = [
  [
    "a wrong key",
    () => open("plain.env", identities("stranger")),
    /^None of the age keys opens the file; it is for age1/,
  ],
  ["no key", () => open("plain.env", []), "There is no age key to open the file with"],
  ["a changed value", () => openChanged("plain.env", flip), /^The value of DB_PASSWORD was changed or moved/],
  [
    "swapped values",
    () => openChanged("types.yaml", swap("text", "unicode")),
    /^The value of text was changed or moved/,
  ],
  ["swapped items of a list", () =>
    openChanged("types.yaml", (text) => {
      const [a, b] = /^ {8}- - (ENC.*)\n {10}- (ENC.*)$/m.exec(text)!.slice(1) as [string, string];
      return text.replace(a, "#").replace(b, a).replace("#", b);
    }), MAC],
  [
    "a renamed key",
    () => openChanged("plain.env", within(/^DB_PASSWORD/m, () => "DB_USER")),
    /^The value of DB_USER was/,
  ],
  ["an entry taken out", () => openChanged("plain.env", within(/^UNICODE=.*\n/m, () => "")), MAC],
  [
    "an entry put twice",
    () => openChanged("plain.env", within(/^UNICODE=.*\n/m, (entry) => entry + entry)),
    MAC,
  ],
  [
    "entries in another order",
    () =>
      openChanged(
        "plain.env",
        within(
          /^(UNICODE=.*\n)(EQUALS=.*\n)/m,
          (both) => both.split("\n").reverse().join("\n").slice(1) + "\n",
        ),
      ),
    MAC,
  ],
  ["a changed value in clear", () => openChanged("plain.env", within(/5432/, () => "5433")), MAC],
  ["a value emptied", () => openChanged("plain.env", within(/^(UNICODE=).*/m, () => "UNICODE=")), MAC],
  [
    "an encrypted value put in clear",
    () => openChanged("plain.env", within(/^UNICODE=.*/m, () => "UNICODE=hunter2-hunter2")),
    "UNICODE is not encrypted",
  ],
  [
    "a text behind an encrypted value",
    () => openChanged("plain.env", within(/^(UNICODE=.*)/m, (entry) => `${entry}x`)),
    "UNICODE is not encrypted",
  ],
  [
    "a value of a type that it does not fit",
    () => openChanged("types.yaml", within(/type:int\]/, () => "type:bool]")),
    /^The value of number was/,
  ],
  [
    "a type that sops does not have",
    () => openChanged("types.yaml", within(/type:int\]/, () => "type:ints]")),
    /^The value of number was/,
  ],
  [
    "a number in place of an encrypted value",
    () => openChanged("types.yaml", within(/^number: ENC.*/m, () => "number: 42")),
    "number is not encrypted",
  ],
  [
    "another rule",
    () =>
      openChanged("encrypted_suffix.yaml", within(/encrypted_suffix: _secret/, () => "encrypted_suffix: _s")),
    MAC,
  ],
  [
    "a MAC of all values taken for one of the encrypted only",
    () => openChanged("unencrypted_regex.yaml", (text) => `${text}    mac_only_encrypted: true\n`),
    MAC,
  ],
  [
    "a MAC of the encrypted values taken for one of all",
    () =>
      openChanged(
        "mac_only_encrypted.yaml",
        within(/mac_only_encrypted: true/, () => "mac_only_encrypted: false"),
      ),
    MAC,
  ],
  [
    "another time",
    () => openChanged("plain.env", within(/lastmodified=20(..)/, () => "lastmodified=2001")),
    MAC,
  ],
  ["an empty MAC", () => openChanged("plain.env", within(/^sops_mac=.*/m, () => "sops_mac=")), MAC],
  [
    "a broken MAC",
    () => openChanged("plain.env", (text) => text.replace(/(sops_mac=.*data:)./, (_, start) => `${start}*`)),
    MAC,
  ],
  ["no MAC", () => openChanged("plain.env", within(/^sops_mac=.*\n/m, () => "")), MAC],
  [
    "a damaged data key",
    () =>
      openChanged("plain.env", within(/sops_age__list_0__map_enc=.{90}/, (part) => part.slice(0, -1) + "*")),
    "The data key in the file is damaged",
  ],
  [
    "a data key of another length",
    async () => openText(await seal({}, 16)),
    "The data key in the file is damaged",
  ],
  [
    "key groups",
    () => open("key_groups.yaml", identities("first", "second")),
    "The data key is split among 2 key groups (shamir_threshold), which Homeport does not join",
  ],
  [
    "no age recipient",
    async () => openText(await seal({ age: [], pgp: [{ fp: "x", enc: "y" }] })),
    "The file has no age recipient, only pgp, which Homeport does not ask",
  ],
  ["no key at all", async () => openText(await seal({ age: null })), "Broken file of sops: it names no keys"],
  [
    "two rules",
    async () => openText(await seal({ encrypted_regex: "a", unencrypted_suffix: "b" })),
    "Broken file of sops: it has both unencrypted_suffix and encrypted_regex",
  ],
  [
    "a rule that is no expression of Go",
    async () => openText(await seal({ encrypted_regex: "(?=a)" })),
    "encrypted_regex is no regular expression that Homeport can read",
  ],
  [
    "metadata that are no mapping",
    () => openText('{"a": "b", "sops": 1}'),
    "Broken file of sops: its metadata are no single mapping",
  ],
  [
    "a file in clear",
    () => openText("TOKEN=hunter2-hunter2\n", "x.env"),
    "Not encrypted: the file holds no metadata of sops",
  ],
  [
    "YAML in clear",
    () => openText("token: hunter2-hunter2\n", "x.yaml"),
    "Not encrypted: the file holds no metadata of sops",
  ],
  ["an empty file", () => openText("", "x.yaml"), "Not encrypted: the file holds no metadata of sops"],
  [
    "a page of HTML",
    () => openText("<html>hunter2-hunter2</html>", "x.env"),
    "Not a dotenv file of sops: a line is not NAME=value",
  ],
  ["HTML for JSON", () => openText("<html>hunter2-hunter2</html>"), "Broken JSON"],
  ["a list", () => openText('["hunter2-hunter2"]'), "Not a file of sops: its JSON is no object"],
  [
    "a text in YAML",
    () => openText("hunter2-hunter2\n", "x.yaml"),
    "Not a file of sops: its YAML is no mapping",
  ],
  ["broken YAML", () => openText('a: "hunter2-hunter2\n', "x.yaml"), "Broken YAML"],
  ["a key twice", () => openText("a: hunter2-hunter2\na: 1\n", "x.yaml"), "Broken YAML"],
  [
    "an alias that grows without end",
    () =>
      openText(
        `a0: &a0 [x]\n${
          Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`).join("")
        }`,
        "x.yaml",
      ),
    "Broken YAML",
  ],
  ["a key that is no text", () => openText("1: hunter2-hunter2\n", "x.yaml"), "A key is no text"],
  ["JSON without end", () => openText('{"a": "hunter2-hunter2"'), "Broken JSON"],
  ["JSON of endless depth", () => openText(`{"a": ${"[".repeat(100_000)}`), "Broken JSON"],
  [
    "bytes that are no text",
    () => openSopsFile("x.env", encrypted("content.bin").with(0, 0xff), identities("first")),
    "Not a file of sops: it is no UTF-8 text",
  ],
  ["an INI file", () => open("settings.ini"), "INI files of sops are not supported"],
  [
    "content in clear",
    () => openText("hunter2-hunter2", "x.bin"),
    "Not encrypted: the file holds no metadata of sops",
  ],
];

for (const [what, attempt, message] of REFUSED) {
  Deno.test(`refused without a word of its content: ${what}`, async () => {
    const error = await failureOf(attempt());
    if (typeof message === "string") assert.equal(error.message, message);
    else assert.match(error.message, message);
    assert.equal(error.consequence, "wait");
    assert.equal(error.exitCode, 2);
    assert.ok(error.hint);
    assert.ok(error.location?.file);
    const shown = [formatError(error), inspect(error, { depth: 10, showHidden: true })].join("\n");
    assert.doesNotMatch(shown, /hunter2|AGE-SECRET|pässw/);
    assert.doesNotMatch(shown, ENC);
  });
}

for (const name of ["plain.env", "types.yaml", "types.json"]) {
  Deno.test(`${name} cut off anywhere is refused`, async () => {
    const bytes = encrypted(name);
    const step = Math.ceil(bytes.length / 60);
    for (let length = 0; length < bytes.length - 60; length += step) {
      await failureOf(openSopsFile(name, bytes.subarray(0, length), identities("first")));
    }
  });
}

Deno.test("what is no age key is refused by its kind, never by its text", () => {
  const cases: [string, RegExp][] = [
    ["hunter2-hunter2", /^the key holds something that is no age key$/],
    ["AGE-PLUGIN-YUBIKEY-1HUNTER2", /keys of plugins are not supported$/],
    ["-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2", /SSH keys and encrypted keys are not supported$/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => parseIdentities(text, "the key"), (error: Error) => {
      assert.match(error.message, message);
      assert.doesNotMatch(inspect(error), /hunter2/i);
      return true;
    });
  }
});

Deno.test("a damaged age key is refused without its text", async () => {
  const damaged = keyText("first").replace(
    /(AGE-SECRET-KEY-1.{8})(.)/,
    (_, start, sign) => start + (sign === "Q" ? "P" : "Q"),
  );
  const error = await failureOf(open("plain.env", parseIdentities(damaged, "the key")));
  assert.equal(error.message, "An age key is damaged");
  assert.doesNotMatch(inspect(error), /AGE-SECRET/);
});

Deno.test("keys stand one a line among comments, or several in a variable", () => {
  const [first, second] = [identities("first")[0]!.reveal(), identities("second")[0]!.reveal()];
  const read = (text: string) => parseIdentities(text, "the key").map((key) => key.reveal());
  assert.deepEqual(read(`# made today\r\n\r\n${first}\r\n  # other\n${second}`), [first, second]);
  assert.deepEqual(read(`${first} ${second}\n`), [first, second]);
  assert.deepEqual(read("# nothing\n"), []);
  assert.equal(String(parseIdentities(first, "the key")[0]), "***");
});
