import assert from "node:assert/strict";
import { formatError } from "../../lib/errors.ts";
import type { ObservedNetwork } from "../../lib/plan/observed.ts";
import { overlap } from "../../lib/plan/subnets.ts";
import type { FakeEngine } from "../fakes/fake_engine.ts";
import {
  assertText,
  deploy,
  exit,
  forgetOwnership,
  getContainer,
  type Host,
  newEngine,
  orderOf,
  planFor,
  scenario,
  type Stacks,
} from "./fixture.ts";

const WEB = `
services:
  web: { image: "app:1", networks: { front: { aliases: [shop] } }, restart: always }
  job: { image: "job:1", networks: [front] }
networks:
  front: {}
`;
const CHANGED = WEB.replace("front: {}", "front: { internal: true }");
const EXTERNAL = `
services:
  web: { image: "app:1", networks: [proxy], restart: always }
networks:
  proxy: { external: true }
`;
const JOB = { jobs: ["job"] };

function edit(engine: FakeEngine, name: string, change: (network: ObservedNetwork) => ObservedNetwork): void {
  engine.networks = engine.networks.map((network) => network.name === name ? change(network) : network);
}

scenario("a network that a service uses is created first", {
  now: { shop: WEB },
  plan: `
    + shop: create, 5 operations
        create network front — network shop_front does not exist yet
        create container shop-job-1 — job has no container yet
        create container shop-web-1 — web has no container yet
        start container shop-job-1 — its container is new
        start container shop-web-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

scenario("a network that no enabled service uses is not created", {
  now: {
    shop: `
services:
  web: { image: "app:1", network_mode: none }
  debug: { image: "app:1", networks: [back], profiles: [debug] }
networks:
  back: {}
`,
  },
  plan: `
    + shop: create, 2 operations
        create container shop-web-1 — web has no container yet
        start container shop-web-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

scenario("a changed network is created anew, and what uses it starts again", {
  before: { shop: WEB },
  now: { shop: CHANGED },
  engine: JOB,
  plan: `
    ~ shop: update, 3 operations
        recreate network front, attaching 2 containers again — network shop_front changed
        start container shop-job-1 — network shop_front is recreated
        start container shop-web-1 — network shop_front is recreated

    Plan for helium: 1 to update.
  `,
});

scenario("a container that is recreated along with its network is stopped for it, and not attached again", {
  before: { shop: WEB },
  now: { shop: CHANGED.replace("app:1", "app:2") },
  engine: JOB,
  plan: `
    ~ shop: update, 5 operations
        stop container shop-web-1 — network shop_front is recreated
        recreate network front, attaching 1 container again — network shop_front changed
        recreate container shop-web-1 — config of web changed; image of web changed: sha256:d2bb92ca7c6d → sha256:4de49711cc13
        start container shop-job-1 — network shop_front is recreated
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("a network without a hash has nothing to compare with, and stays", {
  before: { shop: WEB },
  disturb: (engine) =>
    edit(engine, "shop_front", ({ labels, ...rest }) => {
      const { "com.docker.compose.config-hash": _hash, ...others } = labels;
      return { ...rest, labels: others };
    }),
  now: { shop: CHANGED },
  plan: `
    Nothing to do on helium: its stack runs as Git says.
  `,
});

scenario("a network that is declared under another key is created anew", {
  before: { shop: WEB.replace("front: {}", "front: { name: shopnet }") },
  now: { shop: WEB.replaceAll("front", "edge").replace("edge: {}", "edge: { name: shopnet }") },
  engine: JOB,
  plan: `
    ~ shop: update, 6 operations
        stop container shop-web-1 — network shopnet is recreated
        recreate network edge — network shopnet is declared as edge now, was front
        recreate container shop-job-1 — config of job changed
        recreate container shop-web-1 — config of web changed
        start container shop-job-1 — its container is new
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("a running container that was detached from its network is recreated", {
  before: { shop: WEB },
  disturb: (engine) => {
    getContainer(engine, "shop-web-1").networkIds = [];
  },
  now: { shop: WEB },
  engine: JOB,
  plan: `
    ~ shop: update, 2 operations
        recreate container shop-web-1 — network shop_front is not attached to shop-web-1
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario("a stopped container whose network was removed under it is recreated, because it could not start", {
  before: { shop: WEB },
  disturb: (engine) => {
    exit(engine, "shop-web-1", 0);
    exit(engine, "shop-job-1", 0);
    engine.networks = [];
  },
  now: { shop: WEB },
  engine: JOB,
  plan: `
    ~ shop: update, 5 operations
        create network front — network shop_front does not exist yet
        recreate container shop-job-1 — network shop_front is not attached to shop-job-1
        recreate container shop-web-1 — network shop_front is not attached to shop-web-1
        start container shop-job-1 — its container is new
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

scenario(
  "a stopped container that was attached to a network that is gone is recreated, because it could not start",
  {
    before: { shop: WEB },
    disturb: (engine) => {
      exit(engine, "shop-web-1", 0);
      getContainer(engine, "shop-web-1").networkIds = [engine.networks[0]!.id, "e".repeat(64)];
    },
    now: { shop: WEB },
    engine: JOB,
    plan: `
    ~ shop: update, 2 operations
        recreate container shop-web-1 — a network of shop-web-1 was removed under it
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
  },
);

scenario("a container that was attached again by an interrupted pass, and not started, is started", {
  before: { shop: WEB },
  disturb: (engine) => {
    exit(engine, "shop-job-1", 0);
    getContainer(engine, "shop-job-1").networkIds = ["shop_front"];
  },
  now: { shop: WEB },
  plan: `
    ~ shop: update, 1 operation
        start container shop-job-1 — shop-job-1 has not run since network shop_front was recreated

    Plan for helium: 1 to update.
  `,
});

scenario("a network of another project with the same key is used as it is, and said so", {
  before: { other: WEB.replace("front: {}", "front: { name: shared }") },
  now: {
    other: WEB.replace("front: {}", "front: { name: shared }"),
    shop: CHANGED.replace("internal: true", "internal: true, name: shared"),
  },
  plan: `
    + shop: create, 4 operations
        create container shop-job-1 — job has no container yet
        create container shop-web-1 — web has no container yet
        start container shop-job-1 — its container is new
        start container shop-web-1 — its container is new
      ! network shared belongs to project other: used as it is; declare it with "external: true"

    Plan for helium: 1 to create, 1 unchanged.
  `,
});

scenario("an external network that is there is used", {
  disturb: (engine) => engine.networks.push({ id: "b".repeat(64), name: "proxy", labels: {} }),
  now: { shop: EXTERNAL },
  plan: `
    + shop: create, 2 operations
        create container shop-web-1 — web has no container yet
        start container shop-web-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

scenario("an external network can be named by its ID", {
  disturb: (engine) => engine.networks.push({ id: "b".repeat(64), name: "proxy", labels: {} }),
  now: { shop: EXTERNAL.replace("external: true", `external: true, name: ${"b".repeat(64)}`) },
  plan: `
    + shop: create, 2 operations
        create container shop-web-1 — web has no container yet
        start container shop-web-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

Deno.test("a missing external network breaks the stack, and only that one", () => {
  const plan = planFor(newEngine(), { shop: EXTERNAL, other: WEB });
  assert.deepEqual(plan.stacks.map(({ name }) => name), ["other"]);
  assertText(
    formatError(plan.broken[0]?.error),
    `
      The network proxy, declared external, does not exist (networks.proxy)
        → create it with "docker network create proxy", or add the stack that does
    `,
  );
});

Deno.test("two networks with the name of an external one break the stack", () => {
  const engine = newEngine();
  for (const id of ["a", "b"]) engine.networks.push({ id: id.repeat(64), name: "proxy", labels: {} });
  const plan = planFor(engine, { shop: EXTERNAL });
  assertText(
    formatError(plan.broken[0]?.error),
    `
      The engine has 2 networks with the name proxy, declared external (networks.proxy)
        → remove all but one, or write the ID of the right one as its name
    `,
  );
});

Deno.test("a network that someone else created under the same name breaks the stack", () => {
  const engine = newEngine();
  engine.networks.push({ id: "a".repeat(64), name: "shop_front", labels: {} });
  const plan = planFor(engine, { shop: WEB });
  assertText(
    formatError(plan.broken[0]?.error),
    `
      The network shop_front exists already and was not created by Compose (networks.front)
        → declare it with "external: true" to use it as it is, or give this one another name
    `,
  );
});

Deno.test("a changed network that another stack's container uses stays, and nothing of the stack is touched", async () => {
  const engine = newEngine();
  const owner = WEB.replace("front: {}", "front: { name: proxy }");
  await deploy(engine, { shop: owner });
  await deploy(engine, { shop: owner, user: EXTERNAL });
  const plan = planFor(engine, {
    shop: owner.replace("name: proxy", "name: proxy, internal: true"),
    user: EXTERNAL,
  });
  assert.deepEqual(plan.stacks.map(({ name, action }) => [name, action]), [["user", "none"]]);
  assertText(
    formatError(plan.broken[0]?.error),
    `
      The network proxy changed, but cannot be created anew while user-web-1 uses it
        → stop what uses it, then deploy again; or give the changed network another name
    `,
  );
});

Deno.test("a changed network is stopped by a container of a service that is gone, if Homeport did not deploy it", async () => {
  const engine = newEngine();
  await deploy(engine, { shop: WEB });
  forgetOwnership(engine);
  const plan = planFor(engine, { shop: CHANGED.replace(/^ {2}job.*\n/m, "") });
  assert.match(plan.broken[0]!.error.message, /while shop-job-1 uses it/);
});

Deno.test("a changed network waits until what holds it is stopped or removed, and starts come after it", async () => {
  const engine = newEngine(JOB);
  await deploy(engine, { shop: `${WEB}  back: { name: backnet }\n`.replace("[front]", "[front, back]") });
  getContainer(engine, "shop-job-1").state = "running";
  const now = `${CHANGED}  back: { name: backnet, internal: true }\n`.replace(/^ {2}job.*\n/m, "").replace(
    "{ front: { aliases: [shop] } }",
    "[front, back]",
  );
  const [shop] = planFor(engine, { shop: now }).stacks;
  assertText(
    orderOf(shop!),
    `
      remove-container shop-job-1
      stop-container web-1
      recreate-network back < remove-container shop-job-1
      recreate-network front < stop-container web-1, remove-container shop-job-1, recreate-network back
      recreate-container web-1 < recreate-network back, recreate-network front
      start-container web-1 < recreate-container web-1, recreate-network back, recreate-network front, remove-container shop-job-1
    `,
  );
});

const DROPPED = `services: { web: { image: "app:1", network_mode: none, restart: always } }`;
const JOINED = `
services:
  web: { image: "app:1", networks: [front], restart: always }
networks:
  front: { name: shop_front, external: true }
`;

scenario("a network that left the file is removed, once nothing of the stack is attached to it any more", {
  before: { shop: WEB },
  now: { shop: DROPPED },
  plan: `
    ~ shop: update, 4 operations
        remove container shop-job-1 — service job is gone from the Compose file
        recreate container shop-web-1 — config of web changed
        start container shop-web-1 — its container is new
        remove network shop_front — it is gone from the Compose file

    Plan for helium: 1 to update.
  `,
});

Deno.test("the removal of a network that left the file waits for what detaches its containers", async () => {
  const engine = newEngine(JOB);
  await deploy(engine, { shop: WEB });
  assertText(
    orderOf(planFor(engine, { shop: DROPPED }).stacks[0]!),
    `
    remove-container shop-job-1
    recreate-container web-1
    start-container web-1 < recreate-container web-1, remove-container shop-job-1
    remove-network shop_front < remove-container shop-job-1, recreate-container web-1
    `,
  );
});

/** What stands in the way of removing the network of a stack that has no service any more that uses it. */
const STAYS: readonly (readonly [string, (engine: FakeEngine) => void, Stacks, Host?])[] = [
  ["that another stack declares external", () => {}, { other: JOINED }],
  ["that another stack has taken over", () => {}, { other: JOINED.replace(", external: true", "") }],
  ["that only a disabled service uses", () => {}, {
    shop: `${DROPPED.slice(0, -1)}, debug: { image: "app:1", networks: [front], profiles: [debug] } }
networks: { front: {} }`,
  }],
  [
    "that another instance deployed",
    (engine) =>
      edit(engine, "shop_front", ({ labels, ...rest }) => ({
        ...rest,
        labels: { ...labels, "homeport.instance": "other" },
      })),
    {},
  ],
  ["that docker compose created", (engine) => forgetOwnership(engine), {}],
  [
    "that something else is attached to",
    (engine) => {
      getContainer(engine, "shop-web-1").networkIds = [engine.networks[0]!.id];
    },
    {},
  ],
  ["while it is not known what other stacks use", () => {}, {}, { prune: false }],
];

for (const [what, disturb, stacks, host] of STAYS) {
  Deno.test(`a network that left the file stays ${what}`, async () => {
    const engine = newEngine();
    await deploy(engine, { shop: WEB });
    await deploy(engine, { shop: DROPPED }, { prune: false });
    assert.equal(engine.networks.length, 1);
    disturb(engine);
    const { stacks: planned } = planFor(engine, { shop: DROPPED, ...stacks }, host);
    assert.deepEqual(
      planned.flatMap(({ operations }) => operations).filter(({ kind }) => kind === "remove-network"),
      [],
    );
  });
}

Deno.test("a network that an earlier pass could not remove is removed by the next", async () => {
  const engine = newEngine();
  await deploy(engine, { shop: WEB });
  await deploy(engine, { shop: DROPPED }, { prune: false });
  await deploy(engine, { shop: DROPPED });
  assert.deepEqual(engine.networks, []);
});

const SUBNETS = (one: string, other: string) => `
services:
  web: { image: "app:1", networks: [one], restart: always }
  api: { image: "app:1", networks: [one, other], restart: always }
networks:
  one: { ipam: { config: [{ subnet: ${one} }] } }
  other: { ipam: { config: [{ subnet: ${other} }] } }
`;
const FRONT = SUBNETS("10.1.0.0/24", "10.1.1.0/24").replaceAll("one", "front");

scenario("a network whose subnet another one takes is removed before", {
  before: { shop: SUBNETS("10.1.0.0/24", "10.1.1.0/24") },
  now: { shop: FRONT },
  plan: `
    ~ shop: update, 6 operations
        remove network shop_one — network front takes its subnet
        create network front — network shop_front does not exist yet
        recreate container shop-api-1 — config of api changed
        recreate container shop-web-1 — config of web changed
        start container shop-api-1 — its container is new
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

Deno.test("subnets can be swapped or given to another network, and a pass that is cut off leads there", async () => {
  const before = { shop: SUBNETS("10.1.0.0/24", "10.1.1.0/24") };
  for (const text of [SUBNETS("10.1.1.0/24", "10.1.0.0/24"), FRONT]) {
    const now = { shop: text };
    let isCut = true;
    for (let steps = 0; isCut; steps++) {
      const engine = newEngine();
      await deploy(engine, before);
      engine.stepsLeft = steps;
      isCut = await deploy(engine, now).then(() => false, () => true);
      engine.stepsLeft = Infinity;
      await deploy(engine, now);
      assert.deepEqual(planFor(engine, now).stacks[0]!.operations, [], `after ${steps} steps`);
      assert.deepEqual(engine.containers.map(({ state }) => state), ["running", "running"]);
      assert.equal(engine.networks.length, 2);
      assert.ok(steps < 100);
    }
  }
});

const OVERLAPS: readonly [string, string, boolean][] = [
  ["10.1.0.0/24", "10.1.0.0/24", true],
  ["10.1.0.0/16", "10.1.255.0/24", true],
  ["10.1.255.0/24", "10.1.0.0/16", true],
  ["10.1.0.0/25", "10.1.0.128/25", false],
  ["0.0.0.0/0", "192.168.0.0/30", true],
  ["fd00::/64", "fd00:0:0:0:1::/80", true],
  ["fd00:1::/64", "fd00:2::/64", false],
  ["::ffff:10.1.0.0/112", "::ffff:a01:0/120", true],
  ["10.1.0.0/24", "fd00::/8", false],
  ["10.1.0.0", "10.1.0.0/24", false],
  ["10.1.0.256/24", "10.1.0.0/24", false],
  ["fd00::1::/64", "fd00::/64", false],
];
for (const [one, other, expected] of OVERLAPS) {
  Deno.test(`${one} and ${other} ${expected ? "have addresses in common" : "are apart"}`, () => {
    assert.equal(overlap(one, other), expected);
    assert.equal(overlap(other, one), expected);
  });
}
