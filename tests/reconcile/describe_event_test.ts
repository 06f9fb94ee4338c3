import assert from "node:assert/strict";
import type { EngineEvent } from "../../lib/plan/engine_event.ts";
import { describeEvent, ToldEvents } from "../../lib/reconcile/loop/describe_event.ts";

function container(action: string, exitCode?: string): EngineEvent {
  return {
    kind: "container",
    action,
    id: "c1",
    name: "web-1",
    labels: exitCode === undefined ? {} : { exitCode },
  };
}

const NETWORK = { kind: "network", id: "n1", name: "web_default" } as const;

const CASES: readonly [EngineEvent, string | undefined][] = [
  [container("die", "137"), "container web-1 died (exit 137)"],
  [container("die"), "container web-1 died"],
  [container("destroy"), "container web-1 was removed"],
  [container("kill"), undefined],
  [container("stop"), undefined],
  [container("health_status: unhealthy"), "container web-1 became unhealthy"],
  [{ ...NETWORK, action: "destroy" }, "network web_default was removed"],
  [{ ...NETWORK, action: "disconnect" }, "network web_default lost a container"],
  [{ kind: "volume", action: "destroy", name: "data" }, "volume data was removed"],
];

for (const [event, expected] of CASES) {
  Deno.test(`${event.kind} ${event.action} is told as ${expected ?? "nothing"}`, () => {
    assert.equal(describeEvent(event), expected);
  });
}

Deno.test("what the engine told is said once, the first three of it", () => {
  const told = new ToldEvents();
  told.add({ ...NETWORK, action: "disconnect" });
  assert.equal(told.take(), "network web_default lost a container");
  for (const action of ["disconnect", "destroy"]) told.add({ ...NETWORK, action });
  for (const action of ["die", "die", "destroy", "pause"]) told.add(container(action));
  assert.equal(
    told.take(),
    "network web_default was removed, container web-1 died, container web-1 was removed, and 1 more",
  );
  assert.equal(told.take(), "");
});
