import type { FakeEngine } from "../fakes/fake_engine.ts";
import { exit, getContainer, scenario, setLabels } from "./fixture.ts";

const WEB = `
services:
  web: { image: "app:1", network_mode: none, restart: always }
`;

/** As a recreation leaves it that ends after the new container was created, or after the old one was removed. */
function interruptRecreation(engine: FakeEngine, original: "there" | "gone"): void {
  const old = getContainer(engine, "shop-web-1");
  engine.containers.push({
    ...old,
    id: "f".repeat(64),
    name: `${old.id.slice(0, 12)}_shop-web-1`,
    state: "created",
    publishedPorts: [],
    labels: { ...old.labels, "com.docker.compose.replace": "web-1" },
  });
  if (original === "gone") engine.containers = engine.containers.filter(({ id }) => id !== old.id);
}

scenario("what an interrupted recreation left is removed while the original is there", {
  before: { shop: WEB },
  disturb: (engine) => interruptRecreation(engine, "there"),
  now: { shop: WEB },
  plan: `
    ~ shop: update, 1 operation
        remove container 19c8851f5b00_shop-web-1 — an interrupted recreation of shop-web-1 left it behind

    Plan for helium: 1 to update.
  `,
});

scenario("an interrupted recreation is finished when the original is obsolete or does not run", {
  before: { shop: WEB },
  disturb: (engine) => {
    interruptRecreation(engine, "there");
    setLabels(engine, "shop-web-1", { "com.docker.compose.config-hash": "of old" });
  },
  now: { shop: WEB },
  plan: `
    ~ shop: update, 3 operations
        remove container shop-web-1 — its recreation was interrupted, and is finished now
        rename container 19c8851f5b00_shop-web-1 to shop-web-1 — a recreation of web-1 was interrupted before its last step
        start container shop-web-1 — 19c8851f5b00_shop-web-1 was created but never started

    Plan for helium: 1 to update.
  `,
});

scenario("an interrupted recreation is begun anew when Git has moved on since", {
  before: { shop: WEB },
  disturb: (engine) => {
    interruptRecreation(engine, "there");
    exit(engine, "shop-web-1", 0);
  },
  now: { shop: WEB.replace("always", "always, init: true") },
  plan: `
    ~ shop: update, 3 operations
        remove container 19c8851f5b00_shop-web-1 — an interrupted recreation of shop-web-1 left it behind
        recreate container shop-web-1 — config of web changed
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("an original that was stopped for its recreation is recreated when Git has gone back since", {
  before: { shop: WEB.replace("always", '"no"') },
  disturb: (engine) => {
    interruptRecreation(engine, "there");
    exit(engine, "shop-web-1", 0);
    setLabels(engine, engine.containers[1]!.name, { "com.docker.compose.config-hash": "of new" });
  },
  now: { shop: WEB.replace("always", '"no"') },
  plan: `
    ~ shop: update, 3 operations
        remove container 19c8851f5b00_shop-web-1 — an interrupted recreation of shop-web-1 left it behind
        recreate container shop-web-1 — an earlier recreation of shop-web-1 was interrupted
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("what an interrupted recreation left takes its place when the original is gone", {
  before: { shop: WEB },
  disturb: (engine) => interruptRecreation(engine, "gone"),
  now: { shop: WEB },
  plan: `
    ~ shop: update, 2 operations
        rename container 19c8851f5b00_shop-web-1 to shop-web-1 — a recreation of web-1 was interrupted before its last step
        start container shop-web-1 — 19c8851f5b00_shop-web-1 was created but never started

    Plan for helium: 1 to update.
  `,
});

scenario("what an interrupted recreation left is recreated when Git has moved on since", {
  before: { shop: WEB },
  disturb: (engine) => interruptRecreation(engine, "gone"),
  now: { shop: WEB.replace("always", "always, init: true") },
  plan: `
    ~ shop: update, 2 operations
        recreate container shop-web-1 — config of web changed
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("what an interrupted recreation left goes when another container took its place", {
  before: { shop: WEB },
  disturb: (engine) => {
    interruptRecreation(engine, "there");
    getContainer(engine, "shop-web-1").id = "a".repeat(64);
  },
  now: { shop: WEB },
  plan: `
    ~ shop: update, 1 operation
        remove container 19c8851f5b00_shop-web-1 — web-1 is there twice

    Plan for helium: 1 to update.
  `,
});

scenario("a container that was recreated once is no leftover, though it keeps the label", {
  before: { shop: WEB },
  disturb: (engine) => setLabels(engine, "shop-web-1", { "com.docker.compose.replace": "web-1" }),
  now: { shop: WEB },
  plan: `
    Nothing to do on helium: its stack runs as Git says.
  `,
});

scenario("a project whose name looks like a temporary one is no leftover", {
  before: { "0123456789ab_shop": WEB },
  now: { "0123456789ab_shop": WEB },
  plan: `
    Nothing to do on helium: its stack runs as Git says.
  `,
});
