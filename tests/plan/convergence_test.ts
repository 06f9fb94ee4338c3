import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { COMPOSE_LABELS, serviceOf } from "../../lib/plan/compose_labels.ts";
import { makePlan } from "../../lib/plan/make_plan.ts";
import type { Plan, PlanInput } from "../../lib/plan/plan.ts";
import { EngineDied, FakeEngine } from "../fakes/fake_engine.ts";
import { carryOutPlan, exit, newEngine, planInput } from "./fixture.ts";
import { SEED } from "../seed.ts";

/** A stack with the services `job` (ends well by itself), `db` (has a health check), `web` and `aux`, each as it may be. */
interface RandomStack {
  readonly frontInternal: boolean;
  readonly services: readonly RandomService[];
}

interface RandomService {
  readonly name: "job" | "db" | "web" | "aux";
  readonly image: "app:1" | "app:2";
  readonly init: boolean;
  readonly restart: "no" | "always" | "on-failure";
  readonly network: "none" | "default" | "front" | "shared";
  readonly port: boolean;
  readonly volume: boolean;
  readonly volumesFrom: boolean;
  readonly preStart: boolean;
  readonly scale: 1 | 2 | 3;
  readonly filesHash: "one" | "two" | undefined;
  /** How it depends on the service before it; `undefined`: not at all. */
  readonly dependsOn: { readonly restart: boolean; readonly strict: boolean } | undefined;
}

const NAMES = ["job", "db", "web", "aux"] as const;
const OPTIONS = { jobs: ["job"] };

const randomService = (name: RandomService["name"]): fc.Arbitrary<RandomService> =>
  fc.record({
    name: fc.constant(name),
    image: fc.constantFrom("app:1", "app:2"),
    init: fc.boolean(),
    restart: name === "job" ? fc.constant("no") : fc.constantFrom("no", "always", "on-failure"),
    network: fc.constantFrom("none", "default", "front", "shared"),
    port: fc.boolean(),
    volume: fc.boolean(),
    volumesFrom: fc.boolean(),
    preStart: fc.constantFrom(false, false, false, true),
    scale: fc.constantFrom(1, 1, 2, 3),
    filesHash: fc.constantFrom(undefined, "one", "two"),
    dependsOn: fc.option(fc.record({ restart: fc.boolean(), strict: fc.boolean() }), { nil: undefined }),
  });

const randomStack: fc.Arbitrary<RandomStack> = fc.record({
  frontInternal: fc.boolean(),
  services: fc.shuffledSubarray([...NAMES], { minLength: 2 }).chain((names) =>
    fc.tuple(...names.map((name) => randomService(name)))
  ),
});

/** What Git says before and after a commit, which changes some of the services. */
const randomCommit: fc.Arbitrary<readonly [RandomStack, RandomStack]> = fc.tuple(
  randomStack,
  fc.boolean(),
  fc.array(fc.constantFrom("same", "same", "same", "init", "files", "scale", "gone"), {
    minLength: 4,
    maxLength: 4,
  }),
  fc.option(randomStack, { freq: 4, nil: undefined }),
).map(([before, frontInternal, edits, rewritten]) => [
  before,
  rewritten ?? {
    frontInternal,
    services: before.services.flatMap((service, index): RandomService[] => {
      switch (edits[index]) {
        case "init":
          return [{ ...service, init: !service.init }];
        case "files":
          return [{ ...service, filesHash: service.filesHash === "one" ? "two" : "one" }];
        case "scale":
          return [{ ...service, scale: service.scale === 1 ? 2 : 1 }];
        case "gone":
          return before.services.length === 1 ? [service] : [];
        default:
          return [service];
      }
    }),
  },
]);

type Disturbance = { readonly kind: "kill" | "remove" | "detach" | "leave"; readonly index: number };
const randomDisturbances: fc.Arbitrary<readonly Disturbance[]> = fc.array(
  fc.record({
    kind: fc.constantFrom<Disturbance["kind"]>("kill", "remove", "detach", "leave"),
    index: fc.nat(9),
  }),
  { maxLength: 3 },
  // What an interrupted recreation leaves is made from what Git says, whatever happened to the original since.
).map((disturbances) =>
  disturbances.toSorted((a, b) => Number(b.kind === "leave") - Number(a.kind === "leave"))
);

Deno.test("whatever runs, one pass leads to what Git says, and a second has nothing to do", async () => {
  await fc.assert(
    fc.asyncProperty(randomCommit, randomDisturbances, async ([before, now], disturbances) => {
      const engine = newEngine(OPTIONS);
      await apply(engine, before);
      for (const disturbance of disturbances) disturb(engine, disturbance);
      await apply(engine, now);
      assertConverged(engine, now);
    }),
    { numRuns: 500, seed: SEED },
  );
});

Deno.test("wherever a pass is cut off, the next one leads to what Git says", async () => {
  await fc.assert(
    fc.asyncProperty(randomCommit, randomDisturbances, async ([before, now], disturbances) => {
      const start = newEngine(OPTIONS);
      await apply(start, before);
      for (const disturbance of disturbances) disturb(start, disturbance);
      for (let steps = 0;; steps++) {
        const engine = start.copy();
        engine.stepsLeft = steps;
        if (!await dies(apply(engine, now))) break;
        engine.stepsLeft = Infinity;
        await apply(engine, now);
        assertConverged(engine, now);
      }
    }),
    { numRuns: 150, seed: SEED },
  );
});

Deno.test("a pass that is cut off again and again still leads to what Git says", async () => {
  const steps = fc.array(fc.nat(12), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(randomCommit, steps, async ([before, now], cuts) => {
      const engine = newEngine(OPTIONS);
      await apply(engine, before);
      for (const cut of cuts) {
        engine.stepsLeft = cut;
        await dies(apply(engine, now));
      }
      engine.stepsLeft = Infinity;
      await apply(engine, now);
      assertConverged(engine, now);
    }),
    { numRuns: 400, seed: SEED },
  );
});

async function apply(engine: FakeEngine, stack: RandomStack): Promise<Plan> {
  const input = inputFor(engine, stack);
  const plan = makePlan(input);
  assert.deepEqual(plan.broken, []);
  await carryOutPlan(engine, plan, input);
  return plan;
}

async function dies(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return false;
  } catch (error) {
    if (error instanceof EngineDied) return true;
    throw error;
  }
}

/** Nothing is left to do, every service has as many containers as it should, and all of them run that are meant to. */
function assertConverged(engine: FakeEngine, stack: RandomStack): void {
  const { stacks } = makePlan(inputFor(engine, stack));
  assert.deepEqual(stacks.flatMap(({ operations }) => operations), []);
  const found = engine.containers.map((each) => `${serviceOf(each)} ${each.state}`).sort();
  const wanted = stack.services.flatMap(({ name, scale }) =>
    Array<string>(scale).fill(`${name} ${name === "job" ? "exited" : "running"}`)
  ).sort();
  assert.deepEqual(found, wanted);
}

function inputFor(engine: FakeEngine, stack: RandomStack): PlanInput {
  const files = stack.services.flatMap(({ name, filesHash }) =>
    filesHash === undefined ? [] : [[name, { hash: filesHash, modified: 0 }] as const]
  );
  return planInput(engine, { shop: composeText(stack) }, { files: { shop: Object.fromEntries(files) } });
}

function composeText({ frontInternal, services }: RandomStack): string {
  const texts = services.map((service, index) => serviceText(service, services[index - 1]));
  return JSON.stringify({
    services: Object.fromEntries(texts),
    networks: { front: { internal: frontInternal } },
    volumes: { data: {} },
  });
}

function serviceText(
  service: RandomService,
  previous: RandomService | undefined,
): readonly [string, unknown] {
  const { name, image, init, restart, network, port, volume, volumesFrom, preStart, scale, dependsOn } =
    service;
  // A job has ended when others would share its network.
  const shares = network === "shared" && previous !== undefined && previous.name !== "job";
  const condition = previous?.name === "job"
    ? "service_completed_successfully"
    : previous?.name === "db"
    ? "service_healthy"
    : "service_started";
  return [name, {
    image,
    init,
    restart,
    scale,
    ...(shares
      ? { network_mode: `service:${previous.name}` }
      : network === "front"
      ? { networks: ["front"] }
      : network === "default"
      ? {}
      : { network_mode: "none" }),
    // Replicas share no fixed port.
    ...(port && scale === 1 && { ports: [`80${NAMES.indexOf(name)}${init ? 0 : 1}:80`] }),
    volumes: [...volume ? ["data:/data"] : [], "/anonymous"],
    ...(volumesFrom && previous !== undefined && { volumes_from: [previous.name] }),
    ...(preStart && { pre_start: [{ image: "job:1" }] }),
    ...(name === "db" && { healthcheck: { test: "true" } }),
    ...(dependsOn !== undefined && previous !== undefined && {
      depends_on: {
        [previous.name]: {
          condition: dependsOn.strict ? condition : "service_started",
          restart: dependsOn.restart,
        },
      },
    }),
  }];
}

function disturb(engine: FakeEngine, { kind, index }: Disturbance): void {
  const container = engine.containers[index];
  if (container === undefined) return;
  if (kind === "kill" && container.state === "running") exit(engine, container.name, 137);
  else if (kind === "remove") engine.containers = engine.containers.filter((each) => each !== container);
  else if (kind === "detach" && container.state === "running") container.networkIds = [];
  else if (kind === "leave" && !/^[0-9a-f]{12}_/.test(container.name)) {
    const name = `${container.id.slice(0, 12)}_${container.name}`;
    if (engine.containers.some((each) => each.name === name)) return;
    const labels = { ...container.labels, [`${COMPOSE_LABELS.project}.replace`]: "x" };
    const id = createHash("sha256").update(name).digest("hex");
    const networkIds = engine.networks.filter((network) => container.networkIds.includes(network.id)).map((
      network,
    ) => network.name);
    engine.containers.push({
      ...container,
      id,
      name,
      labels,
      networkIds,
      state: "created",
      publishedPorts: [],
    });
  }
}
