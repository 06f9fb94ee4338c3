import assert from "node:assert/strict";
import type { ServiceContainer } from "../../lib/plan/service_container.ts";
import { judgeHealth } from "../../lib/reconcile/health/judge_health.ts";
import { loadStack } from "../plan/fixture.ts";

type Given = Partial<ServiceContainer>;

function container(given: Given = {}): ServiceContainer {
  const { service = "web" } = given;
  return {
    id: `id of ${service}`,
    name: `shop-${service}-1`,
    service,
    state: "running",
    exitCode: 0,
    startedAt: "2026-01-02T03:04:05Z",
    restartCount: 0,
    restart: { name: "no", retries: 0 },
    ...given,
  };
}

const ONE = 'services: { web: { image: "app:1" } }';
const JOB =
  'services: { web: { image: "app:1", depends_on: { job: { condition: service_completed_successfully } } }, job: { image: "job:1" } }';
const HEALTHY =
  'services: { web: { image: "app:1", depends_on: { db: { condition: service_healthy } } }, db: { image: "db:1", healthcheck: { test: "true" } } }';
const always = { restart: { name: "always", retries: 0 } } as const;
const thrice = { restart: { name: "on-failure", retries: 3 } } as const;

const CASES: readonly (readonly [
  name: string,
  text: string,
  containers: readonly Given[],
  kind: "ready" | "waiting" | "failed",
  what?: string,
])[] = [
  ["one that runs is ready", ONE, [{}], "ready"],
  ["one that is healthy is ready", ONE, [{ health: "healthy" }], "ready"],
  [
    "one whose health is not known yet is waited for",
    ONE,
    [{ health: "starting" }],
    "waiting",
    "is not healthy yet",
  ],
  ["one that is unhealthy may become well", ONE, [{ health: "unhealthy" }], "waiting", "is unhealthy"],
  ["one that a person paused is no fault of the stack", ONE, [{ state: "paused" }], "ready"],
  ["one that was never started is waited for", ONE, [{ state: "created" }], "waiting", "was never started"],
  ["one that ended well has done its job", ONE, [{ state: "exited" }], "ready"],
  ["one that ended well after failures has done its job", ONE, [{
    state: "exited",
    restartCount: 2,
    ...thrice,
  }], "ready"],
  [
    "one that failed will not come back",
    ONE,
    [{ state: "exited", exitCode: 3 }],
    "failed",
    "ended with exit code 3",
  ],
  [
    "one that failed too often will not come back",
    ONE,
    [{ state: "exited", exitCode: 3, restartCount: 3, ...thrice }],
    "failed",
    "ended with exit code 3",
  ],
  [
    "one that failed is started again as often as its policy says",
    ONE,
    [{ state: "exited", exitCode: 3, restartCount: 2, ...thrice }],
    "waiting",
    "ended with exit code 3",
  ],
  [
    "one that failed is started again for ever where its policy has no limit",
    ONE,
    [{ state: "exited", exitCode: 3, restartCount: 9, restart: { name: "on-failure", retries: 0 } }],
    "waiting",
    "ended with exit code 3",
  ],
  [
    "one that is to run on and was stopped is waited for",
    ONE,
    [{ state: "exited", exitCode: 0, ...always }],
    "waiting",
    "ended with exit code 0",
  ],
  [
    "one that ends over and over is waited for",
    ONE,
    [{ state: "restarting", exitCode: 137, ...always }],
    "waiting",
    "ends over and over: its last exit code is 137",
  ],
  [
    "one that is dead has failed",
    ONE,
    [{ state: "dead" }],
    "failed",
    "is dead: the engine could not remove it",
  ],
  ["one that is removed has failed", ONE, [{ state: "removing" }], "failed", "is being removed"],
  ["a service without a container has failed", ONE, [], "failed", "has no container"],
  ["containers of other services do not count", ONE, [{ service: "old" }], "failed", "has no container"],
  [
    "every container of a service is needed",
    'services: { web: { image: "app:1", deploy: { replicas: 2 } } }',
    [{}],
    "failed",
    "has 1 of 2 containers",
  ],
  [
    "a service that is to have no container is ready",
    'services: { web: { image: "app:1", scale: 0 } }',
    [],
    "ready",
  ],
  [
    "a job that others wait for must end",
    JOB,
    [{}, { service: "job" }],
    "waiting",
    "has not done its job yet",
  ],
  ["a job that ended well is done", JOB, [{}, { service: "job", state: "exited" }], "ready"],
  [
    "a job that failed has failed",
    JOB,
    [{}, { service: "job", state: "exited", exitCode: 1 }],
    "failed",
    "ended with exit code 1",
  ],
  [
    "one that others need healthy must not end",
    HEALTHY,
    [{}, { service: "db", state: "exited" }],
    "failed",
    "ended, and another service needs it to be healthy",
  ],
  [
    "what has failed for good is told, and not what may still come",
    HEALTHY,
    [{ health: "starting" }, { service: "db", state: "exited", exitCode: 1 }],
    "failed",
    "ended with exit code 1",
  ],
];

for (const [name, text, given, kind, what] of CASES) {
  Deno.test(`health: ${name}`, () => {
    const verdict = judgeHealth(given.map(container), loadStack("shop", text).project);
    assert.deepEqual([verdict.kind, verdict.unready.map((each) => each.what)], [
      kind,
      what === undefined ? [] : [what],
    ]);
  });
}

Deno.test("health: a container that was replaced or started again leaves its mark", () => {
  const { project } = loadStack("shop", ONE);
  const marks = (given: Given) => judgeHealth([container(given)], project).marks;
  assert.equal(marks({}), marks({ health: "healthy" }));
  for (const given of [{ id: "other" }, { startedAt: "2026-01-02T03:04:06Z" }, { restartCount: 1 }]) {
    assert.notEqual(marks(given), marks({}));
  }
});
