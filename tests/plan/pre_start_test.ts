import assert from "node:assert/strict";
import { imageKey } from "../../lib/plan/observed.ts";
import { planPass } from "../../lib/reconcile/plan_pass.ts";
import { passOver } from "../reconcile/pass_fixture.ts";
import { assertText, deploy, exit, getContainer, newEngine, orderOf, planFor, scenario } from "./fixture.ts";

const WEB = `
services:
  db: { image: "db:1", network_mode: none, restart: always }
  web:
    image: "app:1"
    network_mode: none
    restart: always
    scale: 2
    depends_on: { db: { condition: service_started, restart: true } }
    pre_start: [{ command: prepare }, { image: "job:1" }]
`;

Deno.test("the hooks before the start run once all containers are there, and before any of them starts", async () => {
  const engine = newEngine();
  assertText(
    orderOf(planFor(engine, { shop: WEB }).stacks[0]!),
    `
    create-container db-1
    create-container web-1 < create-container db-1
    create-container web-2 < create-container db-1
    start-container db-1 < create-container db-1
    run-pre-start web < create-container web-1, start-container db-1, create-container web-2
    start-container web-1 < create-container web-1, start-container db-1, run-pre-start web
    start-container web-2 < create-container web-2, start-container db-1, run-pre-start web
    `,
  );
  await deploy(engine, { shop: WEB });
  assert.deepEqual(planFor(engine, { shop: WEB }).stacks[0]!.operations, []);
});

scenario("the hooks before the start do not run while another container of the service runs", {
  before: { shop: WEB },
  now: { shop: WEB.replace("scale: 2", "scale: 3") },
  plan: `
    ~ shop: update, 2 operations
        create container shop-web-3 — scale of web changed: 2 → 3
        start container shop-web-3 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("the hooks before the start run again when every container of the service starts again", {
  before: { shop: WEB },
  now: { shop: WEB.replace('"db:1"', '"db:1", init: true') },
  plan: `
    ~ shop: update, 7 operations
        stop container shop-web-1 — db, which web depends on, is recreated
        stop container shop-web-2 — db, which web depends on, is recreated
        recreate container shop-db-1 — config of db changed
        start container shop-db-1 — its container is new
        run pre_start of web — web starts
        start container shop-web-1 — db, which web depends on, is recreated
        start container shop-web-2 — db, which web depends on, is recreated

    Plan for helium: 1 to update.
  `,
});

scenario("a changed hook recreates the containers of its service, and the hooks run", {
  before: { shop: WEB },
  now: { shop: WEB.replace("prepare", "prepare more") },
  plan: `
    ~ shop: update, 5 operations
        recreate container shop-web-1 — config of web changed
        recreate container shop-web-2 — config of web changed
        run pre_start of web — web starts
        start container shop-web-1 — its container is new
        start container shop-web-2 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("the image of a hook is pulled when the hook runs, and the hook waits for it", {
  before: { shop: WEB },
  disturb: (engine) => {
    delete engine.images["job:1"];
    for (const name of ["shop-web-1", "shop-web-2"]) exit(engine, name, 1);
  },
  now: { shop: WEB },
  plan: `
    ~ shop: update, 4 operations
        pull image job:1 — image job:1 is not on this engine
        run pre_start of web — web starts
        start container shop-web-1 — shop-web-1 has exited with code 1
        start container shop-web-2 — shop-web-2 has exited with code 1

    Plan for helium: 1 to update.
  `,
});

Deno.test("an image of a hook is looked up", async () => {
  const engine = newEngine();
  const asked: string[] = [];
  const observe = engine.observe.bind(engine);
  engine.observe = (images, ...rest) => {
    asked.push(...images.map(imageKey));
    return observe(images, ...rest);
  };
  const { deps, options } = passOver(engine, { shop: WEB });
  await planPass(deps, options);
  assert.deepEqual(asked.sort(), ["app:1", "db:1", "job:1"]);
});

/** A hook of `web` that failed, or that died with a pass. */
async function withLeftover(instance?: string) {
  const engine = newEngine();
  await deploy(engine, { shop: WEB });
  const { labels, ...rest } = getContainer(engine, "shop-web-1");
  const kept = Object.entries(labels).filter(([key]) => !key.endsWith("config-hash"));
  engine.containers.push({
    ...rest,
    id: "e".repeat(64),
    name: "shop-web-pre_start-0",
    state: "exited",
    exitCode: 3,
    labels: {
      ...Object.fromEntries(kept),
      "com.docker.compose.hook": "pre_start",
      ...(instance !== undefined && { "homeport.instance": instance }),
    },
  });
  return engine;
}

Deno.test("what a hook left is no orphan of the service, and goes as soon as it is of no use", async () => {
  const engine = await withLeftover();
  assertText(
    orderOf(planFor(engine, { shop: WEB }).stacks[0]!),
    "remove-container shop-web-pre_start-0",
  );
  const removal = planFor(engine, { shop: WEB }).stacks[0]!.operations[0]!;
  assert.equal(removal.cause, "a pre_start hook of web left it behind");
  assert.equal(removal.kind === "remove-container" && removal.service, "", "no pre_stop hook runs in it");
  for (const name of ["shop-web-1", "shop-web-2"]) exit(engine, name, 1);
  const { operations } = planFor(engine, { shop: WEB }).stacks[0]!;
  assert.deepEqual(operations.filter(({ kind }) => kind === "remove-container"), [], "the hooks clear up");
  await deploy(engine, { shop: WEB });
  assert.equal(engine.containers.length, 3);
});

Deno.test("what a hook of docker compose or another instance left is not touched", async () => {
  const engine = await withLeftover("other");
  assert.deepEqual(planFor(engine, {}).prune.stacks.flatMap(({ operations }) => operations).length, 3);
});

Deno.test("what a hook left goes with its stack", async () => {
  const engine = await withLeftover();
  const [pruned] = planFor(engine, {}).prune.stacks;
  assert.ok(pruned!.operations.some(({ id }) => id === "remove-container shop-web-pre_start-0"));
});
