import assert from "node:assert/strict";
import { maskValues, Redactor, Secret } from "../lib/secret.ts";

Deno.test("a secret shows itself nowhere but where it is asked for", () => {
  const secret = new Secret("hunter2");
  assert.equal(`${secret}`, "***");
  assert.equal(JSON.stringify({ secret }), '{"secret":"***"}');
  assert.equal(Deno.inspect({ secret }).includes("hunter2"), false);
  assert.equal(secret.reveal(), "hunter2");
});

Deno.test("values are masked wherever they stand, the longest first, and very short ones are left", () => {
  const values = ["secret", "secret-longer", "true"];
  assert.equal(maskValues("a secret-longer, a secret, true", values), "a ***, a ***, true");
});

const VALUE = 'p@ss w/örd+"1"\\&=';
const LINES = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\n  hkiG9w0BAQEFAASC\n-----END KEY-----\n";

const base64 = (text: string) => new TextEncoder().encode(text).toBase64();

const FORMS: readonly (readonly [what: string, text: string, tells: string])[] = [
  ["as it is", `said ${VALUE} aloud`, VALUE],
  ["in JSON", JSON.stringify({ password: VALUE }), "örd"],
  ["in a URL", `https://me:${encodeURIComponent(VALUE)}@example.org/`, encodeURIComponent("örd")],
  ["in a form", new URLSearchParams({ a: VALUE }).toString(), "%C3%B6rd"],
  ["in base64", base64(VALUE), base64(VALUE).slice(4, 12)],
  ["in base64 after a user's name", base64(`u:${VALUE}`), base64(`u:${VALUE}`).slice(4, 12)],
  ["in base64 after another name", base64(`you:${VALUE}`), base64(`you:${VALUE}`).slice(8, 16)],
  ["line by line", LINES.split("\n").map((line) => `  | ${line}`).join("\n"), "MIIEvQIBADANBgkq"],
  ["without the space around it", LINES.split("\n").map((line) => line.trim()).join(), "hkiG9w0BAQEFAASC"],
];

for (const [what, text, tells] of FORMS) {
  Deno.test(`a value is masked ${what}`, () => {
    assert.ok(text.includes(tells), "the text must tell the value");
    const redactor = new Redactor();
    redactor.add([VALUE, LINES]);
    assert.equal(redactor.redact(text).includes(tells), false, redactor.redact(text));
  });
}

Deno.test("values that come later are masked from then on", () => {
  const redactor = new Redactor();
  redactor.add(["hunter2"]);
  assert.equal(redactor.redact("hunter2 hunter3"), "*** hunter3");
  redactor.add(["hunter3"]);
  assert.equal(redactor.redact("hunter2 hunter3"), "*** ***");
});
