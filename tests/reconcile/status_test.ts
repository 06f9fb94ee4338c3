import assert from "node:assert/strict";
import { statusOf } from "../../lib/reconcile/status/status_of.ts";
import type { FakeEngine } from "../fakes/fake_engine.ts";
import { deploy, exit, forgetOwnership, getContainer, INSTANCE, newEngine } from "../plan/fixture.ts";
import { web } from "./pass_fixture.ts";

const TWO = `
services:
  db: { image: "db:1", network_mode: none, healthcheck: { test: "true" } }
  web: { image: "app:1", network_mode: none }
`;
const STATES: readonly (readonly [string, string, (engine: FakeEngine) => void])[] = [
  ["all run", "running", () => {}],
  ["one runs and one ended well", "running", (engine) => exit(engine, "shop-web-1", 0)],
  ["all ended well", "completed", (engine) => {
    exit(engine, "shop-web-1", 0);
    exit(engine, "shop-db-1", 0);
  }],
  ["one is not healthy", "unhealthy", (engine) => {
    getContainer(engine, "shop-db-1").health = "unhealthy";
  }],
  ["one is not healthy yet", "starting", (engine) => {
    getContainer(engine, "shop-db-1").health = "starting";
  }],
  ["one failed", "degraded", (engine) => exit(engine, "shop-web-1", 1)],
  ["one is paused", "degraded", (engine) => {
    getContainer(engine, "shop-web-1").state = "paused";
  }],
  ["one restarts again and again", "degraded", (engine) => {
    getContainer(engine, "shop-web-1").state = "restarting";
  }],
  ["none runs", "stopped", (engine) => {
    exit(engine, "shop-web-1", 1);
    exit(engine, "shop-db-1", 137);
  }],
];

for (const [name, expected, disturb] of STATES) {
  Deno.test(`a stack of which ${name} is ${expected}`, async () => {
    const engine = newEngine();
    await deploy(engine, { shop: TWO });
    disturb(engine);
    assert.equal(statusFor(engine).stacks[0]?.state, expected);
  });
}

Deno.test("status lists the stacks of this instance with their services", async () => {
  const engine = newEngine();
  await deploy(engine, { shop: TWO, blog: web(', ports: ["80:80"]').replace("network_mode: none, ", "") });
  await deploy(engine, { other: web() }, { instance: "neon@elsewhere" });
  await deploy(engine, { byhand: web() }, { prune: false });
  forgetOwnership(engine, "byhand");
  exit(engine, "shop-web-1", 3);
  assert.deepEqual(statusFor(engine), {
    host: "helium",
    instance: INSTANCE,
    stacks: [
      {
        name: "blog",
        project: "blog",
        commit: "c0ffee",
        deployedAt: "2026-01-01T00:00:00Z",
        state: "running",
        services: [{
          service: "web",
          containerName: "blog-web-1",
          image: "app:1",
          state: "running",
          publishedPorts: ["0.0.0.0:80/tcp"],
        }],
      },
      {
        name: "shop",
        project: "shop",
        commit: "c0ffee",
        deployedAt: "2026-01-01T00:00:00Z",
        state: "degraded",
        services: [
          {
            service: "db",
            containerName: "shop-db-1",
            image: "db:1",
            state: "running (healthy)",
            publishedPorts: [],
          },
          {
            service: "web",
            containerName: "shop-web-1",
            image: "app:1",
            state: "exited (3)",
            publishedPorts: [],
          },
        ],
      },
    ],
  });
});

Deno.test("the newest container tells commit and time of the stack", async () => {
  const engine = newEngine();
  await deploy(engine, { shop: TWO });
  const container = getContainer(engine, "shop-web-1");
  container.labels = {
    ...container.labels,
    "homeport.commit": "decade",
    "homeport.deployed-at": "2026-03-01T00:00:00Z",
  };
  const [shop] = statusFor(engine).stacks;
  assert.deepEqual([shop?.commit, shop?.deployedAt], ["decade", "2026-03-01T00:00:00Z"]);
});

Deno.test("a stack of which only a network is there is stopped", async () => {
  const engine = newEngine();
  await deploy(engine, { shop: 'services: { web: { image: "app:1" } }' });
  engine.containers = [];
  assert.deepEqual(statusFor(engine).stacks.map(({ name, state }) => [name, state]), [["shop", "stopped"]]);
});

function statusFor(engine: FakeEngine) {
  return statusOf(engine.state(), { host: "helium", instance: INSTANCE });
}
