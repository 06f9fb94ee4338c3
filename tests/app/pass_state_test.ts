import assert from "node:assert/strict";
import { findElsewhere, stateFileOf } from "../../lib/app/pass_state.ts";
import { validateConfig } from "../../lib/config/validate_config.ts";
import { folder } from "../../lib/mod.ts";
import type { GoodState, HostState } from "../../lib/reconcile/state/stack_state.ts";
import { Redactor } from "../../lib/secret.ts";

function goodAt(commit: string): GoodState {
  return { commit, stackHash: "h", at: "2026-01-02T03:04:05Z", images: {} };
}

Deno.test("what other hosts hold in the data folder, and may go back to, is known", async () => {
  const dataDir = await Deno.makeTempDir();
  try {
    const config = validateConfig({
      repository: { url: "/srv/homelab" },
      dataDir,
      hosts: {
        helium: { stacks: folder("servers/helium") },
        neon: { stacks: folder("servers/neon") },
        argon: { stacks: folder("servers/helium") },
      },
    });
    const redactor = new Redactor();
    const { since, to } = { since: "2026-01-02T03:04:05Z", to: goodAt("held") };
    const state: HostState = {
      stacks: {
        web: {
          good: [goodAt("c2"), goodAt("c1")],
          rejected: [],
          heals: [],
          hold: { kind: "manual", since, to },
        },
      },
    };
    for (const host of ["neon", "argon"]) {
      assert.deepEqual(stateFileOf(config, { host, redactor }).write(state), []);
    }
    const { pins, keep } = findElsewhere(config, { host: "helium", redactor });
    assert.deepEqual(pins, [{ path: "servers/neon/web", commit: "held" }]);
    assert.deepEqual(new Set(keep), new Set(["c1", "c2", "held"]));
    assert.deepEqual(findElsewhere(config, { host: "neon", redactor }).pins, [
      { path: "servers/helium/web", commit: "held" },
    ]);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
