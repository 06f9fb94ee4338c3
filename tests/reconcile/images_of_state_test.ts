import assert from "node:assert/strict";
import { imagesOfState } from "../../lib/reconcile/state/images_of_state.ts";
import { type GoodState, NEW_STACK } from "../../lib/reconcile/state/stack_state.ts";

const since = "2026-01-02T03:04:05Z";

function good(id: string, digest?: string): GoodState {
  const image = { id, reference: "app:1", ...(digest !== undefined && { digest }) };
  return { commit: "c0ffee", stackHash: "5ac4", at: since, images: { web: image } };
}

Deno.test("what a host may go back to is what good states, holds and rejected images name", () => {
  const bad = { commit: "c2", stackHash: "5ac5" };
  const images = imagesOfState({
    stacks: {
      new: NEW_STACK,
      web: { ...NEW_STACK, good: [good("sha256:1a", "app@sha256:aa"), good("sha256:1b")] },
      back: {
        ...NEW_STACK,
        hold: { kind: "rolled-back", since, reason: "it ended", bad, to: good("sha256:2a") },
      },
      hand: { ...NEW_STACK, hold: { kind: "manual", since, to: good("sha256:3a") } },
      drift: { ...NEW_STACK, hold: { kind: "drift", since, reason: "again", stackHash: "5ac4" } },
      update: {
        ...NEW_STACK,
        rejected: [{
          reference: "app:1",
          bad: { id: "sha256:4b" },
          good: { id: "sha256:4a", digest: "app@sha256:a4" },
          since,
        }],
      },
    },
  });
  assert.deepEqual([...images].sort(), [
    "app@sha256:a4",
    "app@sha256:aa",
    "sha256:1a",
    "sha256:1b",
    "sha256:2a",
    "sha256:3a",
    "sha256:4a",
    "sha256:4b",
  ]);
});
