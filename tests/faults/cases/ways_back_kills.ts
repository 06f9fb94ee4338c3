/** `kill -9` in a deployment or an update that does not go well, and on the way back from it. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { FaultCase } from "../case.ts";
import { app, badApp, known, mend, push, untilBack, up, upWithTag, wayBackCase } from "../way_back.ts";
import type { World } from "../world.ts";
import { armKill, type Moment } from "./kill.ts";

const KILLS_AT_RANDOM = 12;

export const WAY_BACK_KILLS: readonly FaultCase[] = [
  ...(["before", "after"] as const).flatMap((moment) => [
    wayBackCase(
      `a deployment and its way back that are killed ${moment} any writing call end where it ran well`,
      (world) => killRollback(world, moment),
    ),
    wayBackCase(
      `an update that does not run, killed ${moment} any writing call, ends with the image of before`,
      (world) => killUpdate(world, moment),
    ),
  ]),
  wayBackCase(
    "ways back that are killed at any time, one after the other, end where it ran well",
    async (world) => {
      const { good, process: first, one } = await up(world);
      await push(world, badApp(one, 2), "bad");
      let process = first;
      for (let kills = 0; kills < KILLS_AT_RANDOM; kills++) {
        await pause(Math.random() * 2500);
        await process.end();
        process = await world.start();
      }
      await untilBack(world, process, { stacks: good });
      await mend(world, process, 3);
      return `${KILLS_AT_RANDOM} kills`;
    },
  ),
];

async function killRollback(world: World, moment: Moment): Promise<string> {
  const { one } = world.site.engine.images;
  let { process } = await up(world);
  let tried = 0;
  for (let point = 1;; point += world.site.stride) {
    const version = point * 2;
    const good = await push(world, app(one, version), `good ${version}`);
    process.reload();
    await process.until("a good state", () => process.isSettledAt(world.head));
    const victim = process;
    const wasKilled = armKill(world, moment, point, () => victim.kill("SIGKILL"));
    await push(world, badApp(one, version + 1), "bad");
    process.reload();
    const isBack = async () => (await known(world, "app"))?.hold !== undefined;
    while (!process.hasEnded && !(await isBack() && process.said.at(-1)?.event === "pass-done")) {
      await pause(25);
    }
    world.onRequest = () => undefined;
    if (wasKilled()) {
      await process.status;
      process = await world.start();
      tried++;
    }
    await untilBack(world, process, { stacks: good, page: `good ${version}` }).catch((error) => {
      throw new Error(`killed ${moment} call ${point}: ${error.message}`);
    });
    if (!wasKilled()) break;
  }
  await mend(world, process, 1000);
  assert.ok(tried > 0, "no point was hit");
  return `${tried} points`;
}

async function killUpdate(world: World, moment: Moment): Promise<string> {
  const { tag, process: first, byId } = await upWithTag(world);
  await first.stop();
  let tried = 0;
  for (let point = 1;; point += world.site.stride) {
    await tag.publish(await tag.makeBad(`${moment} ${point}`));
    const update = await world.start({ args: ["update", "--json"] });
    const wasKilled = armKill(world, moment, point, () => update.kill("SIGKILL"));
    await update.status;
    world.onRequest = () => undefined;
    if (wasKilled()) tried++;
    const run = await world.start();
    await run.until("a pass", () => run.count("pass-done") > 0);
    await untilBack(world, run, { stacks: byId, hold: "none" }).catch((error) => {
      throw new Error(`killed ${moment} call ${point}: ${error.message}`);
    });
    await run.stop();
    if (!wasKilled()) break;
  }
  assert.ok(tried > 0, "no point was hit");
  return `${tried} points`;
}
