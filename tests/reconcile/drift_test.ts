import assert from "node:assert/strict";
import { COMPOSE_LABELS } from "../../lib/plan/compose_labels.ts";
import type { EngineEvent } from "../../lib/plan/engine_event.ts";
import type { Operation } from "../../lib/plan/operation.ts";
import { Drift } from "../../lib/reconcile/loop/drift.ts";
import { OwnEvents } from "../../lib/reconcile/loop/own_events.ts";
import { loadStack } from "../plan/fixture.ts";

const SHOP = loadStack(
  "shop",
  'services: { web: { image: "app:1", networks: [front], volumes: ["data:/data"] } }\nnetworks: { front: { name: proxy } }\nvolumes: { data: }',
);

const died = (project: string): EngineEvent => ({
  kind: "container",
  action: "die",
  id: "c1",
  name: `${project}-web-1`,
  labels: { [COMPOSE_LABELS.project]: project },
});

const EVENTS: readonly [string, EngineEvent, boolean][] = [
  ["a container of a stack", died("shop"), true],
  ["a container of another project", died("other"), false],
  ["a container of no project", { kind: "container", action: "die", id: "c", name: "c", labels: {} }, false],
  ["a network of a stack", { kind: "network", action: "disconnect", id: "n", name: "proxy" }, true],
  ["another network", { kind: "network", action: "destroy", id: "n", name: "bridge" }, false],
  ["a volume of a stack", { kind: "volume", action: "destroy", name: "shop_data" }, true],
  ["another volume", { kind: "volume", action: "destroy", name: "data" }, false],
];

for (const [title, event, concerns] of EVENTS) {
  Deno.test(`what happens to ${title} ${concerns ? "is looked into soon" : "is nobody's business"}`, () => {
    const drift = new Drift();
    assert.equal(drift.answerAt(event, 1000), undefined, "before anything was loaded");
    drift.watch([SHOP]);
    assert.equal(drift.answerAt(event, 1000), concerns ? 1200 : undefined);
  });
}

Deno.test("events that come together are answered once", () => {
  const drift = new Drift();
  drift.watch([SHOP]);
  assert.deepEqual([0, 50, 199, 200].map((now) => drift.answerAt(died("shop"), now)), [200, 200, 200, 200]);
});

Deno.test("a container that ends over and over is answered more and more slowly, and others are not", () => {
  const drift = new Drift();
  drift.watch([SHOP, loadStack("other", 'services: { web: { image: "app:1" } }')]);
  const delays: number[] = [];
  let now = 0;
  for (let times = 0; times < 12; times++) {
    const at = drift.answerAt(died("shop"), now)!;
    delays.push(at - now);
    now = at + 1;
  }
  assert.deepEqual(delays, [200, 200, 200, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000]);
  assert.equal(drift.answerAt(died("other"), now), now + 200);
  now += 10 * 60_000;
  assert.equal(drift.answerAt(died("shop"), now), now + 200, "after it was quiet for long");
});

const RECREATE: Operation = {
  kind: "recreate-container",
  id: "recreate-container web-1",
  cause: "it changed",
  after: [],
  service: "web",
  number: 1,
  containerId: "0123456789abcdef",
  containerName: "shop-web-1",
};
const NETWORK: Operation = {
  kind: "recreate-network",
  id: "recreate-network front",
  cause: "it changed",
  after: [],
  network: "front",
  networkId: "n1",
  containers: [{ service: "web", number: 1, containerId: "c1", containerName: "shop-web-1" }],
};
const START: Operation = { ...RECREATE, kind: "start-container", id: "start-container web-1" };

const container = (action: string, id: string, name: string): EngineEvent => ({
  kind: "container",
  action,
  id,
  name,
  labels: {},
});

const OWN: readonly [string, Operation, EngineEvent, boolean][] = [
  ["the end of the container that it replaces", RECREATE, container("die", "0123456789abcdef", "x"), true],
  ["the new one's last name", RECREATE, container("rename", "new", "shop-web-1"), true],
  [
    "the removal of a new one that failed",
    RECREATE,
    container("destroy", "new", "0123456789ab_shop-web-1"),
    true,
  ],
  ["the end of the new one", RECREATE, container("die", "new", "shop-web-1"), false],
  ["the end of another one", RECREATE, container("die", "c2", "shop-db-1"), false],
  [
    "the old one's detachment",
    RECREATE,
    { kind: "network", action: "disconnect", id: "n", name: "proxy", container: "0123456789abcdef" },
    true,
  ],
  ["the network's removal", NETWORK, { kind: "network", action: "destroy", id: "n1", name: "proxy" }, true],
  ["the stop of a container of the network", NETWORK, container("stop", "c1", "shop-web-1"), true],
  ["a volume's removal", NETWORK, { kind: "volume", action: "destroy", name: "n1" }, false],
  ["the end of what was started", START, container("die", "0123456789abcdef", "shop-web-1"), false],
];

for (const [title, operation, event, expected] of OWN) {
  Deno.test(`${title} is ${expected ? "our own doing" : "drift"} for ${operation.kind}`, () => {
    const own = new OwnEvents();
    assert.equal(own.isOwn(event, 0), false, "before the operation");
    own.note({ kind: "operation-started", stack: "shop", operation }, 0);
    assert.equal(own.isOwn(event, 3_600_000), expected, "while it is in hand");
    own.note({ kind: "operation-done", stack: "shop", operation, milliseconds: 1 }, 3_600_000);
    assert.equal(own.isOwn(event, 3_600_500), expected, "shortly after");
    assert.equal(own.isOwn(event, 3_602_000), false, "long after");
  });
}
