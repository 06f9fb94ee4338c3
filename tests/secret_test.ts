import assert from "node:assert/strict";
import { maskValues, Secret } from "../lib/secret.ts";

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
