/** The end of every case: Homeport has come to rest, the engine is what Git says, and nothing is left behind. */
import { join } from "node:path";
import { findDifferences, type Precious } from "./check_world.ts";
import type { HomeportProcess } from "./homeport_process.ts";
import { until } from "./until.ts";
import type { World } from "./world.ts";

export interface Expectations {
  readonly precious?: readonly Precious[];
  readonly keptVolumes?: readonly string[];
  /** Default: 60. */
  readonly seconds?: number;
  /** The journal was spoilt by the case, and set aside. */
  readonly isJournalSetAside?: boolean;
  /** A stack is held, suspended or waited for on purpose: what it runs is what the case says, and not what Git says. */
  readonly isHeld?: boolean;
  /** Git has a stack that cannot be loaded, so that passes do not end well. */
  readonly isBroken?: boolean;
}

/** Waits until it is so, and leaves the process running. */
export async function converge(
  world: World,
  process: HomeportProcess,
  expected: Expectations = {},
): Promise<void> {
  let differences: readonly string[] = [];
  await process.until(
    "the state that Git says",
    async () => {
      if (!expected.isBroken && !expected.isHeld && !process.isSettledAt(world.head)) return false;
      differences = await findDifferences(world, expected).catch((error) => [String(error)]);
      return differences.length === 0;
    },
    expected.seconds,
  ).catch((error) => {
    throw new Error(`${differences.join("; ")}\n${error.message}`);
  });
}

/** Converges, ends Homeport as systemd does, and looks at everything once more. */
export async function settle(
  world: World,
  process: HomeportProcess,
  expected: Expectations = {},
): Promise<void> {
  await converge(world, process, expected);
  await process.stop();
  await checkAtRest(world, expected);
}

export async function checkAtRest(world: World, expected: Expectations = {}): Promise<void> {
  const differences = await findDifferences(world, expected);
  if (differences.length > 0) throw new Error(differences.join("; "));
  const plan = await world.lab.run("plan", "--exit-code");
  const wanted = expected.isBroken ? 1 : 0;
  if (plan.code !== wanted) throw new Error(`plan ends with ${plan.code}:\n${plan.stdout}${plan.stderr}`);
  const history = await world.lab.run("history", "--json", "--limit", "1000");
  if (history.code !== 0) throw new Error(`history ends with ${history.code}: ${history.stderr}`);
  JSON.parse(history.stdout);
  await checkDataFolder(world, expected);
}

/** No lock is held, no scratch file is left, no journal was given up. */
async function checkDataFolder(
  { dataDir }: World,
  { isJournalSetAside = false }: Expectations,
): Promise<void> {
  for await (const { name } of Deno.readDir(dataDir)) {
    if (name.endsWith(".lock")) {
      await until(`a free ${name}`, () => isFree(join(dataDir, name)), { seconds: 5 });
    }
    if (name.includes(".broken-") && !isJournalSetAside) throw new Error(`${name} was set aside`);
    if (/\.tmp|~$/.test(name)) throw new Error(`${name} was left behind`);
  }
}

async function isFree(path: string): Promise<boolean> {
  using file = await Deno.open(path, { read: true, write: true });
  return await file.tryLock(true);
}
