import assert from "node:assert/strict";
import { HomeportError } from "../../lib/errors.ts";
import { cli, fakeApp } from "../fakes/fake_app.ts";

const GOOD = { channel: "ntfy at ntfy.sh" };
const BAD = {
  channel: "Discord",
  error: new HomeportError("refused (HTTP 404)", { hint: "see the address" }),
};

function appWith(channels: readonly { readonly channel: string; readonly error?: Error }[]) {
  return fakeApp({
    testNotifications: ({ host }) => {
      assert.equal(host, "helium");
      return Promise.resolve(channels);
    },
  });
}

Deno.test("notify --test says of every channel whether it took the message", async () => {
  assert.deepEqual(await cli(["notify", "--test"], appWith([GOOD])), {
    code: 0,
    stdout: "ntfy at ntfy.sh: sent\n",
    stderr: "",
  });
  assert.deepEqual(await cli(["notify", "--test"], appWith([GOOD, BAD])), {
    code: 1,
    stdout: "ntfy at ntfy.sh: sent\n",
    stderr: "Discord: failed: refused (HTTP 404)\n  → see the address\n",
  });
});

Deno.test("notify --test --json gives the same to a program", async () => {
  const { code, stdout } = await cli(["notify", "--test", "--json"], appWith([GOOD, BAD]));
  assert.equal(code, 1);
  const error = { message: "refused (HTTP 404)", hint: "see the address", consequence: "stalled" };
  assert.deepEqual(JSON.parse(stdout), { host: "helium", channels: [GOOD, { channel: "Discord", error }] });
});

Deno.test("notify --test without a channel is a configuration error, and notify alone does nothing", async () => {
  const { code, stderr } = await cli(["notify", "--test"], appWith([]));
  assert.equal(code, 2);
  assert.match(stderr, /no channel for notifications\n {2}→ add one to stacks\.config\.ts/);
  assert.equal((await cli(["notify"])).code, 2);
});
