/** `kill -9`, before and after the engine carries out each writing call of a pass over five stacks. */
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type FaultCase, faultCase } from "../case.ts";
import { checkAtRest, converge, type Expectations, settle } from "../settle.ts";
import { plantData } from "../check_world.ts";
import type { HomeportProcess } from "../homeport_process.ts";
import { fiveStacks, type StackSpec } from "../stack_spec.ts";
import { until } from "../until.ts";
import type { World } from "../world.ts";

export type Moment = "before" | "after";

interface Scenario {
  readonly name: string;
  /** The stacks of the change at the `n`-th point, and of what is there before it. */
  readonly from: (image: string, n: number) => Record<string, StackSpec> | undefined;
  readonly to: (image: string, n: number) => Record<string, StackSpec>;
  readonly keptVolumes?: readonly string[];
}

const GOING: Record<string, StackSpec> = {
  going: { network: 1, services: [{ name: "a", image: "", version: 1, data: true }] },
  gone: { services: [{ name: "a", image: "", version: 1 }, { name: "b", image: "", version: 1 }] },
};

const SCENARIOS: readonly Scenario[] = [
  { name: "the first deployment", from: () => undefined, to: (image) => fiveStacks(image, 1) },
  {
    name: "an update of all stacks",
    from: (image, n) => fiveStacks(image, n),
    to: (image, n) => fiveStacks(image, n + 1),
  },
  {
    name: "a change of networks",
    from: (image, n) => fiveStacks(image, 1, n),
    to: (image, n) => fiveStacks(image, 1, n + 1),
  },
  {
    name: "a prune",
    from: (image) => ({ ...fiveStacks(image, 1), ...withImage(GOING, image) }),
    to: (image) => fiveStacks(image, 1),
    keptVolumes: ["going_data"],
  },
];

const KILLS_AT_RANDOM = 20;

export const KILL_CASES: readonly FaultCase[] = SCENARIOS.flatMap((scenario) =>
  (["before", "after"] as const).map((moment) =>
    faultCase(
      "kill -9",
      `${scenario.name} that is killed ${moment} any writing call is completed by the next start`,
      (world) => killEverywhere(world, scenario, moment),
    )
  )
).concat([
  faultCase(
    "kill -9",
    "updates that are killed at any time, one after the other, lose nothing",
    killAtRandom,
  ),
]);

async function killEverywhere(world: World, scenario: Scenario, moment: Moment): Promise<string> {
  let tried = 0;
  for (let point = 1; await killAt(world, scenario, moment, point); point += world.site.stride) tried++;
  if (tried === 0) throw new Error("no point was hit");
  await checkAtRest(world, { keptVolumes: keptVolumes(world, scenario) });
  return `${tried} points`;
}

async function killAtRandom(world: World): Promise<string> {
  let process = await world.up(world.five(1));
  const precious = await plantData(world);
  for (let version = 2; version <= KILLS_AT_RANDOM + 1; version++) {
    await world.commit(world.five(version, version));
    process.reload();
    await pause(Math.random() * 2500);
    await process.end();
    process = await world.start();
  }
  await settle(world, process, { precious });
  return `${KILLS_AT_RANDOM} kills`;
}

/** `false`: the pass had fewer calls. */
async function killAt(world: World, scenario: Scenario, moment: Moment, point: number): Promise<boolean> {
  const image = world.site.engine.images.one;
  const context = `killed ${moment} call ${point}`;
  const before = scenario.from(image, point);
  let process = await begin(world, before);
  const precious = before === undefined ? [] : await plantData(world);
  const stays = Object.keys(scenario.to(image, point)).map((name) => `${world.projectOf(name)}-`);
  const expected: Expectations = {
    precious: precious.filter(({ container }) => stays.some((prefix) => container.startsWith(prefix))),
    keptVolumes: keptVolumes(world, scenario),
  };
  const victim = process;
  const wasKilled = armKill(world, moment, point, () => (victim ?? process)?.kill("SIGKILL"));
  await world.commit(scenario.to(image, point));
  process?.reload();
  process ??= await world.start();
  await until("a kill or an end", () => process!.hasEnded || process!.isSettledAt(world.head), {
    instead: () => `${context}\n${process!.lastWords()}`,
  });
  world.onRequest = () => undefined;
  const isHit = wasKilled();
  if (isHit) await process.status;
  const next = isHit ? await world.start() : process;
  await converge(world, next, expected).catch((error) => {
    throw new Error(`${context}: ${error.message}`);
  });
  if (before === undefined || !isHit) await next.stop();
  if (isHit && before !== undefined && scenario.keptVolumes !== undefined) {
    // What was pruned finds its data when it comes back.
    await world.commit(before);
    next.reload();
    await converge(world, next, { precious });
  }
  return isHit;
}

/** Brings the world to where the change begins. */
async function begin(
  world: World,
  stacks: Record<string, StackSpec> | undefined,
): Promise<HomeportProcess | undefined> {
  if (stacks === undefined) {
    await world.wipeEngine();
    // What ran well is not to be known: this would be drift, which is put back five times.
    await Deno.remove(join(world.dataDir, "state.json")).catch(() => {});
    return undefined;
  }
  return world.processes.find(({ hasEnded }) => !hasEnded) ?? await world.up(stacks);
}

/** Kills at the so-and-so-many-th writing call from now on. */
export function armKill(world: World, moment: Moment, point: number, kill: () => void): () => boolean {
  let calls = 0;
  let isHit = false;
  world.onRequest = ({ method }) => {
    if (method === "GET" || method === "HEAD") return undefined;
    // Whatever else is under way dies with the process.
    if (isHit) return { kind: "hang" };
    if (++calls < point) return undefined;
    isHit = true;
    if (moment === "after") return { kind: "cut", when: "after", onDone: kill };
    kill();
    return { kind: "cut", when: "before" };
  };
  return () => isHit;
}

function keptVolumes(world: World, { keptVolumes = [] }: Scenario): string[] {
  return keptVolumes.map((name) => `${world.prefix}-${name}`);
}

function withImage(stacks: Record<string, StackSpec>, image: string): Record<string, StackSpec> {
  return Object.fromEntries(
    Object.entries(stacks).map(([name, stack]) => [name, {
      ...stack,
      services: stack.services.map((service) => ({ ...service, image })),
    }]),
  );
}
