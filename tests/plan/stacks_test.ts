import assert from "node:assert/strict";
import { ConfigurationProblems, formatError, HomeportError } from "../../lib/errors.ts";
import { formatPlan } from "../../lib/plan/format_plan.ts";
import { makePlan } from "../../lib/plan/make_plan.ts";
import { planToJson } from "../../lib/plan/plan_json.ts";
import { assertText, deploy, exit, newEngine, orderOf, planFor, planInput, scenario } from "./fixture.ts";

const web = (more = "") => `
services:
  web: { image: "app:1", network_mode: none, restart: always }
${more}`;
const PROXY = `
services:
  proxy: { image: "app:1", networks: [proxy] }
networks:
  proxy: { name: proxy }
`;
const USER = `
services:
  user: { image: "app:1", networks: [proxy] }
networks:
  proxy: { external: true }
`;

Deno.test("stacks of the startup order come first, the others by name", () => {
  const plan = planFor(newEngine(), { d: web(), c: web(), b: web(), a: web() }, {
    startupOrder: ["c", "gone", "b", "c"],
  });
  assert.deepEqual(plan.stacks.map(({ name }) => name), ["c", "b", "a", "d"]);
  assert.deepEqual(plan.startupOrder, ["c", "b"]);
});

scenario("a stack that uses a network that another one creates is deployed after it", {
  now: { a: USER, z: PROXY },
  plan: `
    + z: create, 3 operations
        create network proxy — network proxy does not exist yet
        create container z-proxy-1 — proxy has no container yet
        start container z-proxy-1 — its container is new

    + a: create, 2 operations
        waits for stack z
        create container a-user-1 — user has no container yet
        start container a-user-1 — its container is new

    Plan for helium: 2 to create.
  `,
});

scenario("a stack that uses a volume that another one creates is deployed after it", {
  now: {
    backup: `
services:
  backup: { image: "app:1", network_mode: none, volumes: ["data:/data"] }
volumes:
  data: { external: true, name: db_data }
`,
    db: `
services:
  db: { image: "db:1", network_mode: none, volumes: ["data:/data"] }
volumes:
  data: {}
`,
  },
  plan: `
    + db: create, 3 operations
        create volume data — volume db_data does not exist yet
        create container db-db-1 — db has no container yet
        start container db-db-1 — its container is new

    + backup: create, 2 operations
        waits for stack db
        create container backup-backup-1 — backup has no container yet
        start container backup-backup-1 — its container is new

    Plan for helium: 2 to create.
  `,
});

scenario("a network that is there already binds no stack to another", {
  before: { z: PROXY },
  now: { a: USER, z: PROXY },
  plan: `
    + a: create, 2 operations
        create container a-user-1 — user has no container yet
        start container a-user-1 — its container is new

    Plan for helium: 1 to create, 1 unchanged.
  `,
});

Deno.test("a startup order that puts the user of a network before its creator breaks the user", () => {
  const plan = planFor(newEngine(), { a: USER, z: PROXY }, { startupOrder: ["a", "z"] });
  assert.deepEqual(plan.stacks.map(({ name }) => name), ["z"]);
  assertText(
    formatError(plan.broken[0]?.error),
    `
      Stack a uses an external network or volume that does not exist yet and that stack z creates, but z is not deployed before it
        → see whether z can be deployed, and put it before a in the startup order
    `,
  );
});

Deno.test("stacks that wait for each other's networks are broken, and say so", () => {
  const both = (own: string, other: string) => `
services:
  web: { image: "app:1", networks: [${own}, ${other}] }
networks:
  ${own}: { name: ${own} }
  ${other}: { name: ${other}, external: true }
`;
  const plan = planFor(newEngine(), { a: both("x", "y"), b: both("y", "x"), c: web() });
  assert.deepEqual(plan.stacks.map(({ name }) => name), ["c"]);
  assert.deepEqual(plan.broken.map(({ name }) => name), ["a", "b"]);
});

Deno.test("two stacks with one project name are both left alone, and each names the other", async () => {
  const engine = newEngine();
  await deploy(engine, { shop: web() });
  const plan = planFor(engine, { shop: web("x-changed: true\n"), Shop2: web("name: shop\n") });
  assert.deepEqual([plan.stacks, plan.prune.stacks], [[], []]);
  assertText(
    formatPlan(plan),
    `
      ✗ Shop2: cannot be deployed, left as it runs
          Stack Shop2 has the same project name as shop: shop
            → give each its own name with "name:" in its Compose file

      ✗ shop: cannot be deployed, left as it runs
          Stack shop has the same project name as Shop2: shop
            → give each its own name with "name:" in its Compose file

      Plan for helium: 2 broken.
    `,
  );
});

Deno.test("a project that another instance deployed is not touched", async () => {
  const engine = newEngine();
  await deploy(engine, { shop: web() }, { instance: "neon@git.example.org/me/homelab" });
  const plan = planFor(engine, { shop: web().replace("app:1", "app:2") });
  assert.deepEqual(plan.stacks, []);
  assertText(
    formatError(plan.broken[0]?.error),
    `
      Stack shop is deployed by another instance of Homeport already: project shop belongs to neon@git.example.org/me/homelab
        → if this is the same repository and host, set "instance" of the host to "neon@git.example.org/me/homelab"; if not, rename the stack
    `,
  );
});

Deno.test("a volume that another instance left claims nothing", async () => {
  const engine = newEngine();
  const db = `
services:
  db: { image: "db:1", network_mode: none, volumes: ["data:/data"] }
volumes:
  data: {}
`;
  await deploy(engine, { shop: db }, { instance: "neon@git.example.org/me/homelab" });
  engine.containers = [];
  assert.deepEqual(planFor(engine, { shop: db }).broken, []);
});

Deno.test("operations come after what they need, and after nothing else", () => {
  const engine = newEngine();
  delete engine.images["app:1"];
  const text = `
services:
  db: { image: "db:1", networks: [back], volumes: ["data:/data"], healthcheck: { test: "true" } }
  web:
    image: app:1
    networks: [back]
    scale: 2
    ports: ["8000-8001:80"]
    depends_on: { db: { condition: service_healthy } }
networks:
  back: {}
volumes:
  data: {}
`;
  assertText(
    orderOf(planFor(engine, { shop: text }).stacks[0]!),
    `
      pull-image app:1
      create-network back < pull-image app:1
      create-volume data < pull-image app:1
      create-container db-1 < create-network back, create-volume data
      create-container web-1 < create-network back, create-container db-1
      create-container web-2 < create-network back, create-container db-1
      start-container db-1 < create-container db-1, create-network back
      wait-for-service db healthy < start-container db-1
      start-container web-1 < create-container web-1, create-network back, start-container db-1, wait-for-service db healthy
      start-container web-2 < create-container web-2, create-network back, start-container db-1, wait-for-service db healthy, start-container web-1
    `,
  );
});

Deno.test("a container that takes a port over starts after the one that had it was replaced", async () => {
  const engine = newEngine();
  const text = (one: string, two: string) => `
services:
  one: { image: "app:1", ports: ["${one}:80"] }
  two: { image: "app:1", ports: ["${two}:80"] }
`;
  await deploy(engine, { shop: text("8001", "8002") });
  const plan = planFor(engine, { shop: text("8003", "8000-8001") });
  assertText(
    orderOf(plan.stacks[0]!),
    `
      recreate-container one-1
      recreate-container two-1
      start-container one-1 < recreate-container one-1
      start-container two-1 < recreate-container two-1, recreate-container one-1
    `,
  );
});

Deno.test("a container with an address of its own starts after all replacements", async () => {
  const engine = newEngine();
  const text = (one: string, two: string) => `
services:
  one: { image: "app:1", networks: { lan: { ipv4_address: ${one} } } }
  two: { image: "app:1", networks: { lan: { ipv4_address: ${two} } } }
networks:
  lan: { ipam: { config: [{ subnet: 172.30.0.0/24 }] } }
`;
  await deploy(engine, { shop: text("172.30.0.10", "172.30.0.11") });
  const plan = planFor(engine, { shop: text("172.30.0.11", "172.30.0.10") });
  assertText(
    orderOf(plan.stacks[0]!),
    `
      recreate-container one-1
      recreate-container two-1
      start-container one-1 < recreate-container one-1, recreate-container two-1
      start-container two-1 < recreate-container two-1, recreate-container one-1
    `,
  );
});

Deno.test("a stop for restart: true comes before the recreation, the start after that of the dependency", async () => {
  const engine = newEngine();
  const text = (more: string) => `
services:
  db: { image: "db:1", network_mode: none${more} }
  web: { image: "app:1", network_mode: none, depends_on: { db: { condition: service_started, restart: true } } }
`;
  await deploy(engine, { shop: text("") });
  const plan = planFor(engine, { shop: text(", init: true") });
  assertText(
    orderOf(plan.stacks[0]!),
    `
      stop-container web-1
      recreate-container db-1 < stop-container web-1
      start-container db-1 < recreate-container db-1
      start-container web-1 < stop-container web-1, start-container db-1
    `,
  );
});

Deno.test("who shares a network is recreated before the owner of the network starts again", async () => {
  const engine = newEngine();
  const text = `
services:
  vpn: { image: "vpn:1", network_mode: none, restart: always }
  torrent: { image: "app:1", network_mode: "service:vpn", restart: always }
`;
  await deploy(engine, { net: text });
  exit(engine, "net-vpn-1", 137);
  assertText(
    orderOf(planFor(engine, { net: text }).stacks[0]!),
    `
      recreate-container torrent-1
      start-container vpn-1 < recreate-container torrent-1
      start-container torrent-1 < recreate-container torrent-1, start-container vpn-1
    `,
  );
});

Deno.test("the text form shows every kind of stack", async () => {
  const engine = newEngine();
  const before = { changed: web(), gone: web(), same: web(), same2: web() };
  await deploy(engine, before);
  const problems = new ConfigurationProblems("Stack bad has 2 problems", [
    new HomeportError("Unknown key imge", {
      location: { file: "bad/compose.yml", line: 3 },
      hint: "did you mean image?",
    }),
    new HomeportError("Duplicate key web", { location: { file: "bad/compose.yml", line: 9 } }),
  ]);
  const plan = planFor(engine, {
    changed: web().replace("app:1", "app:2"),
    fresh: web().replace("restart", "pull_policy: never, restart").replace("app:1", "nowhere:1"),
    same: web(),
    same2: web(),
  }, {
    broken: [
      { name: "bad", error: problems },
      { name: "late", error: new HomeportError("No answer", { hint: "wait" }), waitsFor: "secrets" },
    ],
  });
  assertText(
    formatPlan(plan),
    `
      - gone: remove, 1 operation — stack gone is gone from Git
          remove container gone-web-1

      ~ changed: update, 2 operations
          recreate container changed-web-1 — config of web changed; image of web changed: sha256:d2bb92ca7c6d → sha256:4de49711cc13
          start container changed-web-1 — its container is new

      + fresh: create, 2 operations
          create container fresh-web-1 — web has no container yet
          start container fresh-web-1 — its container is new
        ! image nowhere:1 is not on this engine, and pull_policy of web is never: creating its container will fail

      ✗ bad: cannot be deployed, left as it runs
          Stack bad has 2 problems
            Unknown key imge (bad/compose.yml:3)
              → did you mean image?
            Duplicate key web (bad/compose.yml:9)

      … late: waits for secrets, left as it runs
          No answer
            → wait

      Plan for helium: 1 to create, 1 to update, 1 to remove, 1 broken, 1 waiting for secrets, 2 unchanged.
    `,
  );
});

Deno.test("the JSON form has the same, field by field", async () => {
  const engine = newEngine();
  await deploy(engine, { gone: web(), same: web(), same2: web() });
  const error = new HomeportError("Variable DB_PASSWORD is not set", {
    hint: "add it to the secrets",
    location: { file: "bad/compose.yml", line: 3 },
    consequence: "wait",
  });
  const plan = planFor(engine, { same: web(), same2: web(), fresh: web() }, {
    broken: [{ name: "bad", error }, { name: "late", error, waitsFor: "secrets" }],
  });
  const json = JSON.parse(JSON.stringify(planToJson(plan, "c0ffee")));
  const { stackHash } = plan.stacks[0]!;
  assert.deepEqual(json.stacks[0], {
    name: "fresh",
    project: "fresh",
    action: "create",
    stackHash,
    after: [],
    operations: [
      {
        kind: "create-container",
        id: "create-container web-1",
        cause: "web has no container yet",
        after: [],
        service: "web",
        number: 1,
        containerName: "fresh-web-1",
      },
      {
        kind: "start-container",
        id: "start-container web-1",
        cause: "its container is new",
        after: ["create-container web-1"],
        service: "web",
        number: 1,
        containerName: "fresh-web-1",
      },
    ],
    warnings: [],
  });
  const { stacks: _stacks, prune, ...rest } = json;
  const errorJson = {
    message: "Variable DB_PASSWORD is not set",
    hint: "add it to the secrets",
    location: { file: "bad/compose.yml", line: 3 },
    consequence: "wait",
  };
  assert.deepEqual(rest, {
    version: 1,
    host: "helium",
    commit: "c0ffee",
    summary: {
      create: 1,
      update: 0,
      remove: 1,
      adopt: 0,
      broken: 1,
      waiting: 1,
      left: 0,
      unchanged: 2,
      operations: 3,
    },
    startupOrder: [],
    broken: [{ name: "bad", error: errorJson }],
    suspended: [],
    waiting: [{ name: "late", error: errorJson }],
  });
  assert.equal(prune.managed, 3);
  assert.equal(prune.stacks[0].cause, "stack gone is gone from Git");
});

Deno.test("500 stacks with 1,000 services are planned in less than 300 ms", async () => {
  const text = `
services:
  web: { image: "app:1", depends_on: { db: { condition: service_healthy } }, volumes: ["./conf:/conf:ro"] }
  db: { image: "db:1", volumes: ["data:/data"], healthcheck: { test: "true" } }
volumes:
  data: {}
`;
  const stacks = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`stack${index}`, text]));
  const engine = newEngine();
  await deploy(engine, stacks);
  const input = planInput(engine, stacks);
  const times = Array.from({ length: 3 }, () => {
    const started = performance.now();
    assert.ok(makePlan(input).stacks.every(({ action }) => action === "none"));
    return performance.now() - started;
  });
  assert.ok(Math.min(...times) < 300, `took ${Math.min(...times)} ms`);
});

Deno.test("what the planner refuses names file and line, as far as they are known", () => {
  const engine = newEngine();
  const input = planInput(engine, {
    shop: `
services: { web: { image: "app:1", networks: [proxy] } }
networks: { proxy: { external: true } }
`,
  });
  const locate = (path: string) => ({ file: `helium/shop/compose.yml`, line: path.length });
  const [known, unknown] = [locate, () => undefined].map((locate) =>
    makePlan({ ...input, stacks: input.stacks.map((stack) => ({ ...stack, locate })) }).broken[0]!.error
  );
  assert.match(formatError(known), /does not exist \(networks\.proxy, helium\/shop\/compose\.yml:14\)\n/);
  assert.match(formatError(unknown), /does not exist \(networks\.proxy\)\n/);
});

const NAMED = (name: string, port: string) => `
services:
  web: { image: "app:1", network_mode: bridge, container_name: ${name}, ports: ["${port}:80"], restart: always }
`;

scenario("a stack that takes over a name and a port is deployed after the one that gives them up", {
  before: { a: web(), b: NAMED("proxy", "80") },
  now: { a: NAMED("proxy", "80"), b: web() },
  plan: `
    ~ b: update, 2 operations
        recreate container b-web-1 — config of web changed
        start container b-web-1 — its container is new

    ~ a: update, 2 operations
        waits for stack b
        recreate container proxy — config of web changed
        start container proxy — its container is new

    Plan for helium: 2 to update.
  `,
});

Deno.test("a service can move to another stack, and subnets too", async () => {
  const network = (subnet: string) =>
    `services: { web: { image: "app:1", networks: [net], restart: always } }\nnetworks: { net: { ipam: { config: [{ subnet: ${subnet} }] } } }\n`;
  for (
    const [before, now] of [
      [{ a: web(), b: web() + NAMED("db", "5432").replace("services:\n  web", "  db") }, {
        a: web() + NAMED("db", "5432").replace("services:\n  web", "  db"),
        b: web(),
      }],
      [{ a: network("10.1.0.0/24"), b: network("10.2.0.0/24") }, {
        a: network("10.2.0.0/25"),
        b: network("10.3.0.0/24"),
      }],
    ] as const
  ) {
    const engine = newEngine();
    await deploy(engine, before);
    await deploy(engine, now);
    assert.deepEqual(planFor(engine, now).stacks.flatMap(({ operations }) => operations), []);
  }
});

Deno.test("stacks that take from each other come one after the other, and the startup order stays", () => {
  const engine = newEngine();
  return deploy(engine, { a: NAMED("one", "80"), b: NAMED("two", "81") }).then(() => {
    const now = { a: NAMED("two", "81"), b: NAMED("one", "80") };
    assert.deepEqual(planFor(engine, now).stacks.map(({ name, after }) => [name, after]), [
      ["b", undefined],
      ["a", ["b"]],
    ]);
    const ordered = planFor(engine, now, { startupOrder: ["a"] }).stacks;
    assert.deepEqual(ordered.map(({ name, after }) => [name, after]), [["a", undefined], ["b", ["a"]]]);
  });
});
