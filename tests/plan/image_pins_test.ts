import assert from "node:assert/strict";
import { serviceHash } from "../../lib/compose/hash.ts";
import { COMPOSE_LABELS } from "../../lib/plan/compose_labels.ts";
import type { ImagePin } from "../../lib/plan/image_pins.ts";
import type { FakeEngine } from "../fakes/fake_engine.ts";
import { deploy, getContainer, type Host, loadStack, newEngine, planFor, scenario } from "./fixture.ts";

const web = (attributes = "") => `
services:
  web: { image: "app:1", network_mode: none, restart: always${attributes} }
`;
const OLD = `sha256:${"0".repeat(64)}`;
const NEW = `sha256:${"9".repeat(64)}`;
const DIGEST = `app@sha256:${"d".repeat(64)}`;
const registry = { "app:1": NEW, [DIGEST]: OLD };
const held = (pin: Partial<ImagePin> = {}): Host => ({
  imagePins: { shop: [{ reference: "app:1", id: OLD, digest: DIGEST, ...pin }] },
});
const tagged = (id: string) => (engine: FakeEngine) => {
  engine.images["app:1"] = id;
};
/** The tag means the new image, and nothing has the old one any more. */
const moved = tagged(NEW);

scenario("a container stays with the image that its stack is held to, though the tag means another one", {
  before: { shop: web() },
  beforeHost: held(),
  disturb: moved,
  engine: { registry },
  now: { shop: web() },
  host: held(),
  plan: `
    Nothing to do on helium: its stack runs as Git says.
  `,
});

for (const policy of ["missing", "always", "never", "daily", "every_1s"]) {
  Deno.test(`a stack goes back to the image that it is held to, with pull_policy ${policy}`, async () => {
    const engine = newEngine({ registry });
    const stacks = { shop: web(`, pull_policy: ${policy}`) };
    moved(engine);
    await deploy(engine, stacks);
    engine.images[DIGEST] = OLD;
    const [shop] = (await deploy(engine, stacks, held())).stacks;
    assert.deepEqual(shop!.operations.map(({ id, cause }) => `${id}: ${cause}`), [
      "recreate-container web-1: web is held to another image: sha256:999999999999 → sha256:000000000000",
      "start-container web-1: its container is new",
    ]);
    assert.deepEqual(planFor(engine, stacks, held()).stacks[0]!.operations, []);
  });
}

scenario("a stack that is held to an image until its tag moves gets to know that it has", {
  before: { shop: web(", pull_policy: daily") },
  beforeHost: held({ untilTagMoves: true }),
  disturb: (engine) => {
    moved(engine);
    engine.imageTimes["app:1"] = engine.now - 25 * 3600;
  },
  engine: { registry },
  now: { shop: web(", pull_policy: daily") },
  host: held({ untilTagMoves: true }),
  plan: `
    ~ shop: update, 1 operation
        pull image app:1 — image app:1 was last pulled at 1969-12-30T23:16:44.000Z, and pull_policy of web is daily

    Plan for helium: 1 to update.
  `,
});

scenario(
  "an image that the stack is held to and that is gone is pulled by its digest, once for all services",
  {
    now: { shop: `${web()}  api: { image: "app:1", network_mode: none }\n` },
    host: held(),
    engine: { registry },
    plan: `
    + shop: create, 5 operations
        pull image ${DIGEST} — image ${OLD}, which web is held to, is not on this engine
        create container shop-api-1 — api has no container yet
        create container shop-web-1 — web has no container yet
        start container shop-api-1 — its container is new
        start container shop-web-1 — its container is new

    Plan for helium: 1 to create.
  `,
  },
);

Deno.test("an image that the stack is held to, that is gone and that no registry has, is said by name", () => {
  const { imagePins } = held();
  const { digest: _, ...pin } = imagePins!["shop"]![0]!;
  const plan = planFor(newEngine(), { shop: web() }, { imagePins: { shop: [pin] } });
  assert.deepEqual(plan.stacks, []);
  assert.match(plan.broken[0]!.error.message, /^Image sha256:0{64} of service web is gone from this engine/);
});

scenario("a stack that is held to an image is not built, though its build files changed", {
  before: { shop: web(", build: .").replace("app:1", "made:1") },
  beforeHost: { builds: { shop: { web: { hash: "1", needs: [] } } } },
  disturb: (engine) => {
    engine.images["made:1"] = NEW;
    engine.imageBuilds["made:1"] = "3";
  },
  now: { shop: web(", build: .").replace("app:1", "made:1") },
  host: {
    builds: { shop: { web: { hash: "2", needs: [] } } },
    imagePins: { shop: [{ reference: "made:1", id: builtId() }] },
  },
  plan: `
    Nothing to do on helium: its stack runs as Git says.
  `,
});

/** What the engine in memory makes of hash "1". */
function builtId(): string {
  return "sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b";
}

Deno.test("another stack with the same reference follows the tag", async () => {
  const engine = newEngine({ registry });
  engine.images["app:1"] = OLD;
  await deploy(engine, { shop: web(), blog: web() });
  moved(engine);
  const { stacks } = planFor(engine, { shop: web(), blog: web() }, held());
  assert.deepEqual(Object.fromEntries(stacks.map(({ name, action }) => [name, action])), {
    shop: "none",
    blog: "update",
  });
});

Deno.test("what is made of a held image carries the labels of the Compose file, and the image's own ID", async () => {
  const engine = newEngine({ registry });
  await deploy(engine, { shop: web() }, held());
  const { labels, image } = getContainer(engine, "shop-web-1");
  const { web: service } = loadStack("shop", web()).project.services;
  assert.equal(image, OLD);
  assert.equal(labels[COMPOSE_LABELS.image], OLD);
  assert.equal(labels[COMPOSE_LABELS.configHash], serviceHash(service!));
});

const newer = (to = NEW): Host => ({
  refresh: { shop: [{ reference: "app:1", from: OLD, to }] },
});
const CAUSE = "a newer image of app:1 is in the registry: sha256:000000000000 → sha256:999999999999";

const REFRESHES: [name: string, text: string, host: Host, pulls: readonly string[]][] = [
  ["a newer image is pulled", web(), newer(), [`app:1: ${CAUSE}`]],
  ["only what is newer is pulled", web().replaceAll("app:1", "app:2"), newer(), []],
  ["a newer image is pulled in place of one that is due", web(", pull_policy: every_1s"), newer(), [
    `app:1: ${CAUSE}`,
  ]],
  ["an image that is built is not pulled", web(", build: ."), {
    ...newer(),
    builds: { shop: { web: { hash: "1", needs: [] } } },
  }, []],
  ["what is newer than a held image is pulled, and nothing recreated before", web(), {
    ...newer(),
    imagePins: { shop: [{ reference: "app:1", id: OLD }] },
  }, [`app:1: ${CAUSE}`]],
  ["another stack pulls nothing", web(), { refresh: { blog: newer().refresh!["shop"]! } }, []],
];

for (const [name, text, host, pulls] of REFRESHES) {
  Deno.test(`${name}, when a registry has newer ones`, async () => {
    const engine = newEngine({ registry: { ...registry, "app:1": NEW } });
    engine.images["app:1"] = OLD;
    await deploy(engine, { shop: text }, { ...host, refresh: {} });
    engine.imageTimes["app:1"] = 0;
    const [shop] = planFor(engine, { shop: text }, host).stacks;
    assert.deepEqual(
      shop!.operations.map((each) =>
        each.kind === "pull-image" && each.refreshes ? `${each.image}: ${each.cause}` : each.id
      ),
      pulls,
    );
  });
}

Deno.test("once the newer image is there the stack is planned again with it", async () => {
  const engine = newEngine({ registry });
  engine.images["app:1"] = OLD;
  await deploy(engine, { shop: web() });
  await deploy(engine, { shop: web() }, newer());
  const [shop] = (await deploy(engine, { shop: web() })).stacks;
  assert.match(shop!.operations[0]!.cause, /^image of web changed: sha256:0{12} → sha256:9{12}$/);
  assert.equal(getContainer(engine, "shop-web-1").image, NEW);
});
