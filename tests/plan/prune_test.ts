import assert from "node:assert/strict";
import { HomeportError } from "../../lib/errors.ts";
import { formatPlan } from "../../lib/plan/format_plan.ts";
import { LABELS } from "../../lib/plan/plan.ts";
import {
  assertText,
  deploy,
  forgetOwnership,
  getContainer,
  INSTANCE,
  newEngine,
  orderOf,
  planFor,
  scenario,
  setLabels,
  type Stacks,
} from "./fixture.ts";

const web = (more = "") => `
services:
  web: { image: "app:1", network_mode: none, restart: always }
${more}`;
const BLOG = `
services:
  blog: { image: "app:1", depends_on: [db] }
  db: { image: "db:1", volumes: ["data:/data"] }
volumes:
  data: {}
`;
const three: Stacks = { one: web(), two: web(), blog: BLOG };
const without = (...names: string[]): Stacks =>
  Object.fromEntries(Object.entries(three).filter(([name]) => !names.includes(name)));

scenario("a stack that is gone from Git is taken down, and its volumes stay", {
  before: three,
  now: without("blog"),
  plan: `
    - blog: remove, 3 operations — stack blog is gone from Git
        remove container blog-blog-1
        remove container blog-db-1
        remove network blog_default
        keep volume blog_data

    Plan for helium: 1 to remove, 2 unchanged.
  `,
});

Deno.test("containers of a stack that is taken down go in the order of their dependencies", async () => {
  const engine = newEngine();
  await deploy(engine, three);
  assertText(
    orderOf(planFor(engine, without("blog")).prune.stacks[0]!),
    `
      remove-container blog-blog-1
      remove-container blog-db-1 < remove-container blog-blog-1
      remove-network blog_default < remove-container blog-blog-1, remove-container blog-db-1
    `,
  );
});

scenario("more than half of the stacks are not removed without a confirmation", {
  before: three,
  now: { two: web() },
  plan: `
    - blog: remove, 3 operations — stack blog is gone from Git
        remove container blog-blog-1
        remove container blog-db-1
        remove network blog_default
        keep volume blog_data

    - one: remove, 1 operation — stack one is gone from Git
        remove container one-web-1

    ! This would remove 2 of the 3 stacks that run. Apply asks for --confirm-prune.

    Plan for helium: 2 to remove, 1 unchanged.
  `,
});

Deno.test("only a prune of more than half of the managed stacks needs a confirmation", async () => {
  const engine = newEngine();
  const needed = (...names: string[]) => planFor(engine, without(...names)).prune.needsConfirmation;
  assert.equal(planFor(engine, {}).prune.needsConfirmation, false, "nothing to remove");
  await deploy(engine, { one: web() });
  assert.equal(needed("one", "two", "blog"), true, "the only one");
  await deploy(engine, { one: web(), two: web() });
  assert.equal(needed("one"), false, "one of two");
  assert.equal(needed("one", "two", "blog"), true, "two of two");
  await deploy(engine, three);
  assert.equal(needed("one"), false, "one of three");
  assert.equal(needed("one", "two"), true, "two of three");
});

scenario("nothing is taken down when pruning is off", {
  before: three,
  now: without("one", "two"),
  host: { prune: false },
  plan: `
    Nothing to do on helium: its stack runs as Git says.
  `,
});

scenario("a stack of another instance is not ours to take down", {
  before: three,
  beforeHost: { instance: "neon@git.example.org/me/homelab" },
  now: {},
  plan: `
    Nothing to do on helium: it has no stacks.
  `,
});

scenario("what docker compose deployed is not ours to take down", {
  before: three,
  disturb: (engine) => forgetOwnership(engine),
  now: {},
  plan: `
    Nothing to do on helium: it has no stacks.
  `,
});

Deno.test("a stack that cannot be loaded is left as it runs", async () => {
  const engine = newEngine();
  await deploy(engine, three);
  const broken = [{ name: "blog", error: new HomeportError("Cannot read it") }];
  const plan = planFor(engine, without("blog"), { broken });
  assert.deepEqual(plan.prune.stacks, []);
  assertText(
    formatPlan(plan),
    `
      ✗ blog: cannot be deployed, left as it runs
          Cannot read it

      Plan for helium: 1 broken, 2 unchanged.
    `,
  );
});

scenario(
  "a container in a stack's project that Homeport did not deploy stays, with the network that it uses",
  {
    before: three,
    disturb: (engine) => {
      const db = getContainer(engine, "blog-db-1");
      db.labels = Object.fromEntries(
        Object.entries(db.labels).filter(([key]) => !key.startsWith("homeport.")),
      );
    },
    now: without("blog"),
    plan: `
      - blog: remove, 1 operation — stack blog is gone from Git
          remove container blog-blog-1
          keep container blog-db-1
          keep network blog_default (used by blog-db-1)
          keep volume blog_data

      Plan for helium: 1 to remove, 2 unchanged.
    `,
  },
);

scenario("a stack whose folder was renamed, but not its project, goes on under the new name", {
  before: { ...three, old: web("name: shop\n") },
  now: { ...three, renamed: web("name: shop\n") },
  plan: `
    Nothing to do on helium: all 4 stacks run as Git says.
  `,
});

scenario("a stack that gets another project name leaves the old one, which makes room for it", {
  before: { ...three, shop: web("name: old\n").replace("image:", "container_name: shopfront, image:") },
  now: { ...three, shop: web("name: new\n").replace("image:", "container_name: shopfront, image:") },
  plan: `
    - shop: remove, 1 operation — project of stack shop changed: old → new
        remove container shopfront

    + shop: create, 2 operations
        create container shopfront — web has no container yet
        start container shopfront — its container is new

    Plan for helium: 1 to create, 1 to remove, 3 unchanged.
  `,
});

Deno.test("a stack that gets another project name keeps the old one as long as it cannot be deployed", async () => {
  const engine = newEngine();
  await deploy(engine, { ...three, shop: web("name: old\n") });
  const text = web("name: new\nnetworks: { proxy: { external: true } }\n").replace(
    "network_mode: none",
    "networks: [proxy]",
  );
  const plan = planFor(engine, { ...three, shop: text });
  assert.deepEqual(plan.prune.stacks, []);
  assert.deepEqual(plan.broken.map(({ name }) => name), ["shop"]);
});

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
  proxy: { external: true, name: proxy }
`;

scenario("a network that another stack uses stays when its own stack is taken down", {
  before: { ...three, proxy: PROXY, user: USER },
  now: { ...three, user: USER },
  plan: `
    - proxy: remove, 1 operation — stack proxy is gone from Git
        remove container proxy-proxy-1
        keep network proxy (used by user-user-1)

    Plan for helium: 1 to remove, 4 unchanged.
  `,
});

scenario("of two stacks that are taken down the one that uses the other's network goes first", {
  before: { ...three, a: PROXY, user: USER, four: web() },
  now: { ...three, four: web() },
  plan: `
    - user: remove, 1 operation — stack user is gone from Git
        remove container user-user-1

    - a: remove, 2 operations — stack a is gone from Git
        remove container a-proxy-1
        remove network proxy

    Plan for helium: 2 to remove, 4 unchanged.
  `,
});

scenario("a network that is removed with its stack is created anew by the stack that declares it now", {
  before: { ...three, proxy: PROXY },
  now: { ...three, gate: PROXY },
  plan: `
    - proxy: remove, 2 operations — stack proxy is gone from Git
        remove container proxy-proxy-1
        remove network proxy

    + gate: create, 3 operations
        create network proxy — network proxy does not exist yet
        create container gate-proxy-1 — proxy has no container yet
        start container gate-proxy-1 — its container is new

    Plan for helium: 1 to create, 1 to remove, 3 unchanged.
  `,
});

Deno.test("labels that tell of dependencies in a circle do not stop the removal", async () => {
  const engine = newEngine();
  await deploy(engine, three);
  setLabels(engine, "blog-db-1", { "com.docker.compose.depends_on": "blog:service_started:false" });
  const [blog] = planFor(engine, without("blog")).prune.stacks;
  const ids = new Set<string>();
  for (const { id, after } of blog!.operations) {
    assert.ok(after.every((each) => ids.has(each)), `${id} waits for what comes later`);
    ids.add(id);
  }
});

Deno.test("a stack of which only a network is left is ours to take down as well", async () => {
  const engine = newEngine();
  await deploy(engine, three);
  engine.containers = engine.containers.filter(({ labels }) => labels[LABELS.stack] !== "blog");
  const plan = planFor(engine, without("blog"));
  assert.equal(plan.prune.managed, 3);
  assert.deepEqual(plan.prune.stacks[0]?.operations.map(({ id }) => id), ["remove-network blog_default"]);
  assert.equal(engine.networks[0]?.labels[LABELS.instance], INSTANCE);
});
