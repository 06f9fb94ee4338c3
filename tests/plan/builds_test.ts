import assert from "node:assert/strict";
import { EngineDied, type FakeEngine } from "../fakes/fake_engine.ts";
import { deploy, type Host, newEngine, orderOf, planFor, scenario } from "./fixture.ts";

const web = (attributes = "") => `
services:
  web: { build: ., network_mode: none, restart: always${attributes} }
`;
const from = (hash: string, needs: readonly string[] = []) => ({ hash, needs });
const host = (hash: string): Host => ({ builds: { shop: { web: from(hash) } } });
const registry = (image: string) => ({ registry: { [image]: `sha256:${"9".repeat(64)}` } });
/** As if `docker compose` had built them. */
const forgetBuilds = (engine: FakeEngine) => {
  engine.imageBuilds = {};
};
scenario("an image that is not there is built before anything is created", {
  now: { shop: web() },
  host: host("1"),
  plan: `
    + shop: create, 3 operations
        build image shop-web — image shop-web is not on this engine
        create container shop-web-1 — web has no container yet
        start container shop-web-1 — its container is new

    Plan for helium: 1 to create.
  `,
});

for (const policy of ["never", "build", "missing", "always", "daily"]) {
  scenario(`an image without a name of its own is built and not pulled, with pull_policy ${policy}`, {
    now: { shop: web(`, pull_policy: ${policy}`) },
    host: host("1"),
    plan: `
      + shop: create, 3 operations
          build image shop-web — image shop-web is not on this engine
          create container shop-web-1 — web has no container yet
          start container shop-web-1 — its container is new

      Plan for helium: 1 to create.
    `,
  });
}

for (const policy of ["missing", "always"]) {
  scenario(`an image with a name is pulled, or built where no registry has it, with pull_policy ${policy}`, {
    now: { shop: web(`, image: "made:1", pull_policy: ${policy}`) },
    host: host("1"),
    plan: `
      + shop: create, 3 operations
          pull or build image made:1 — image made:1 is not on this engine
          create container shop-web-1 — web has no container yet
          start container shop-web-1 — its container is new

      Plan for helium: 1 to create.
    `,
  });
}

for (const policy of ["never", "build"]) {
  scenario(`an image with a name is built and not pulled, with pull_policy ${policy}`, {
    now: { shop: web(`, image: "made:1", pull_policy: ${policy}`) },
    host: host("1"),
    engine: registry("made:1"),
    plan: `
      + shop: create, 3 operations
          build image made:1 — image made:1 is not on this engine
          create container shop-web-1 — web has no container yet
          start container shop-web-1 — its container is new

      Plan for helium: 1 to create.
    `,
  });
}

Deno.test("when the build files change the image is built, and the stack planned once more with it", async () => {
  const engine = newEngine();
  await deploy(engine, { shop: web() }, host("1"));
  const first = await deploy(engine, { shop: web() }, host("2"));
  assert.deepEqual(first.stacks[0]!.operations.map(({ id, cause }) => `${id}: ${cause}`), [
    "build-image shop-web: build files of web changed",
  ]);
  const second = await deploy(engine, { shop: web() }, host("2"));
  assert.match(second.stacks[0]!.operations[0]!.cause, /^image of web changed: /);
  assert.deepEqual(planFor(engine, { shop: web() }, host("2")).stacks[0]!.operations, []);
});

scenario("an image that docker compose built is adopted, and said not to be followed", {
  before: { shop: web() },
  beforeHost: host("1"),
  disturb: forgetBuilds,
  now: { shop: web() },
  host: host("2"),
  plan: `
      shop: unchanged
      ! image shop-web was not built by Homeport: changes of the build files of web are not followed until it is built anew or removed

    Nothing to do on helium: its stack runs as Git says.
  `,
});

scenario("with pull_policy build a stranger's image is built anew when a container is made of it", {
  before: { shop: web(", pull_policy: build") },
  beforeHost: host("1"),
  disturb: forgetBuilds,
  now: { shop: web(", pull_policy: build, init: true") },
  host: host("1"),
  plan: `
    ~ shop: update, 3 operations
        build image shop-web — pull_policy of web is build, and Homeport did not build image shop-web
        recreate container shop-web-1 — config of web changed
        start container shop-web-1 — its container is new

    Plan for helium: 1 to update.
  `,
});

Deno.test("an image that was built because no registry has it is not pulled again as time goes by", async () => {
  const engine = newEngine();
  const stacks = { shop: web(', image: "made:1", pull_policy: daily') };
  await deploy(engine, stacks, host("1"));
  const plan = planFor(engine, stacks, { ...host("1"), now: engine.now + 10 * 86_400 });
  assert.deepEqual(plan.stacks[0]!.operations, []);
});

Deno.test("builds come after those whose images they take, and containers after the builds", () => {
  const stacks = {
    shop: `
services:
  a: { build: ., network_mode: none }
  b: { build: ., network_mode: none }
  c: { image: shop-a, network_mode: none, pull_policy: always }
`,
  };
  const builds = { shop: { a: from("1", ["b"]), b: from("2") } };
  assert.equal(
    orderOf(planFor(newEngine(), stacks, { builds }).stacks[0]!),
    [
      "build-image shop-a < build-image shop-b",
      "build-image shop-b",
      ...["a", "b", "c"].map((name) => `create-container ${name}-1 < build-image shop-a, build-image shop-b`),
      ...["a", "b", "c"].map((name) => `start-container ${name}-1 < create-container ${name}-1`),
    ].join("\n"),
  );
});

Deno.test("an image that another build takes is built although its own containers stay", async () => {
  const engine = newEngine();
  const stacks = {
    shop: "services: { a: { build: ., network_mode: none }, b: { build: ., network_mode: none } }",
  };
  await deploy(engine, stacks, { builds: { shop: { a: from("1", ["b"]), b: from("2") } } });
  delete engine.images["shop-b"];
  delete engine.imageBuilds["shop-b"];
  const again = planFor(engine, stacks, { builds: { shop: { a: from("3", ["b"]), b: from("2") } } });
  assert.equal(orderOf(again.stacks[0]!), "build-image shop-a < build-image shop-b\nbuild-image shop-b");
});

const TWO = `
services:
  a: { build: ., image: "made:1", network_mode: none }
  b: { build: ., image: "made:1", network_mode: none }
`;

Deno.test("services that build the same image from the same share one build", () => {
  const builds = { shop: { a: from("1"), b: from("1") } };
  const operations = planFor(newEngine(), { shop: TWO }, { builds }).stacks[0]!.operations;
  assert.deepEqual(operations.filter(({ kind }) => kind === "build-image").map(({ id }) => id), [
    "build-image made:1",
  ]);
});

Deno.test("one image from two different builds is refused, within a stack and between stacks", () => {
  const within = planFor(newEngine(), { shop: TWO }, { builds: { shop: { a: from("1"), b: from("2") } } });
  assert.match(within.broken[0]!.error.message, /^Services a and b both build image made:1/);
  const one = web(', image: "made:1"');
  const between = planFor(newEngine(), { shop: one, other: one }, {
    builds: { shop: { web: from("1") }, other: { web: from("2") } },
  });
  assert.deepEqual(between.broken.map(({ error }) => error.message), [
    "Stacks other and shop both build image made:1, and not from the same",
    "Stacks shop and other both build image made:1, and not from the same",
  ]);
});

Deno.test("wherever a pass that builds is cut off, the next one leads to what Git says", async () => {
  const stacks = {
    shop: `
services:
  a: { build: ., network_mode: none }
  b: { build: ., image: "made:1", network_mode: none, volumes: ["data:/data"] }
volumes: { data: }
`,
  };
  const builds = (hash: string) => ({ builds: { shop: { a: from(hash, ["b"]), b: from(hash) } } });
  const pass = async (engine: FakeEngine, hash: string) => {
    await deploy(engine, stacks, builds(hash));
    await deploy(engine, stacks, builds(hash));
  };
  for (const before of [undefined, "1"]) {
    let isCut = true;
    for (let steps = 0; isCut; steps++) {
      const engine = newEngine();
      if (before !== undefined) await pass(engine, before);
      engine.stepsLeft = steps;
      isCut = await pass(engine, "2").then(() => false, (error) => {
        assert.ok(error instanceof EngineDied, String(error));
        return true;
      });
      engine.stepsLeft = Infinity;
      await pass(engine, "2");
      assert.deepEqual(planFor(engine, stacks, builds("2")).stacks[0]!.operations, []);
      assert.deepEqual(engine.containers.map(({ name, state }) => `${name} ${state}`).sort(), [
        "shop-a-1 running",
        "shop-b-1 running",
      ]);
      assert.deepEqual(engine.imageBuilds, { "shop-a": "2", "made:1": "2" });
      assert.ok(steps < 100);
    }
  }
});
