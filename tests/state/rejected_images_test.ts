/** What people see of rejected images, and how they end it. */
import assert from "node:assert/strict";
import { NEW_STACK, NO_STATE, type StackState } from "../../lib/reconcile/state/stack_state.ts";
import { withState } from "../../lib/reconcile/status/status_state.ts";
import { StateFile } from "../../lib/state/state_file.ts";
import { Homelab } from "../fakes/homelab.ts";

const id = (sign: string) => `sha256:${sign.repeat(64)}`;
const STACK: StackState = {
  ...NEW_STACK,
  rejected: [{
    reference: "nginx:1.27",
    bad: { id: id("b") },
    good: { id: id("a") },
    since: "2026-01-02T03:04:05Z",
  }],
};
const state = { ...NO_STATE, stacks: { shop: STACK } };

Deno.test("status says which images are not used, and what ends that", () => {
  const status = { host: "helium", instance: "i", stacks: [] };
  const { notes } = withState(status, { state, suspensions: {}, windows: [], now: new Date(0) });
  assert.deepEqual(notes?.map(({ stack, kind, text }) => `${stack} ${kind} ${text}`), [
    "shop rejected nginx:1.27 stays sha256:aaaaaaaaaaaa, and not sha256:bbbbbbbbbbbb since 2026-01-02 03:04 UTC: " +
    "until the tag means yet another image, or homeport resume shop",
  ]);
});

Deno.test("resume lets a rejected image be tried again", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const lab = new Homelab({ folder, dockerHost: "unix:///nonexistent" });
    await Deno.mkdir(lab.dataDir);
    const store = new StateFile({
      dataDir: lab.dataDir,
      host: "helium",
      redact: (text) => text,
      now: () => new Date(),
    });
    store.write(state);
    const { stdout } = await lab.succeed("resume", "shop", "--host", "helium");
    assert.equal(stdout, "shop: resumed (it was held)\n");
    assert.deepEqual(store.read().stacks["shop"]?.rejected, []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
