/** Signals, in great numbers and at bad moments; and clocks. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type FaultCase, faultCase } from "../case.ts";
import { plantData } from "../check_world.ts";
import { settle } from "../settle.ts";
import type { World } from "../world.ts";

/** SIGTERM while something that can be broken off takes for ever. */
function termDuring(what: string, hang: (world: World) => () => number): FaultCase {
  return faultCase("signals", `SIGTERM while ${what} that never answers is heard at once`, async (world) => {
    const process = await world.up(world.five(1));
    const asked = hang(world);
    process.reload();
    await process.until("the question", () => asked() > 0);
    const begun = performance.now();
    process.kill("SIGTERM");
    const { code } = await process.status;
    assert.equal(code, 0, process.lastWords());
    const took = (performance.now() - begun) / 1000;
    assert.ok(took < 10, `${took} s`);
    world.onRequest = () => undefined;
    world.site.git.fault = () => undefined;
    await settle(world, await world.start());
    return `${took.toFixed(1)} s`;
  });
}

/** SIGTERM as soon as the engine is asked for this: Homeport ends well, and the next one goes on. */
function termAt(what: string, isIt: (method: string, path: string) => boolean): FaultCase {
  return faultCase(
    "signals",
    `SIGTERM while ${what} ends with exit code 0, and the next start goes on`,
    async (world) => {
      const process = await world.up(world.five(1));
      const precious = await plantData(world);
      let isHit = false;
      world.onRequest = ({ method, path }) => {
        if (isHit || !isIt(method, path)) return undefined;
        isHit = true;
        process.kill("SIGTERM");
        return undefined;
      };
      await world.commit(world.five(2, 2));
      process.reload();
      const { code } = await process.status;
      assert.equal(code, 0, process.lastWords());
      assert.ok(isHit);
      await settle(world, await world.start(), { precious });
    },
  );
}

function clock(what: string, hours: readonly number[]): FaultCase {
  return faultCase("clock", what, async (world) => {
    const file = join(world.folder, "clock");
    const set = (shift: number) => Deno.writeTextFile(file, `${shift * 3_600_000}`);
    await set(0);
    const process = await world.up(world.five(1), { clock: file });
    const precious = await plantData(world);
    let version = 1;
    for (const shift of hours) {
      await set(shift);
      await world.post("pair-db-1", "kill").catch(() => {});
      await world.commit(world.five(++version));
      process.reload();
      await process.until("the update", () => process.isSettledAt(world.head));
    }
    await settle(world, process, { precious });
  });
}

async function storm(world: World, signals: number): Promise<string> {
  const process = await world.up(world.five(1));
  const precious = await plantData(world);
  const before = process.count("pass-started");
  await world.commit(world.five(2));
  for (let sent = 0; sent < signals; sent++) {
    process.reload();
    if (sent % 10 === 0) await pause(5);
  }
  await settle(world, process, { precious });
  const passes = process.count("pass-started") - before;
  assert.ok(passes < signals / 4, `${passes} passes`);
  return `${signals} signals, ${passes} passes`;
}

const YEAR = 24 * 365;

export const SIGNAL_CASES: readonly FaultCase[] = [
  termAt(
    "a container is created",
    (method, path) => method === "POST" && path.startsWith("/containers/create"),
  ),
  termAt("a container is stopped", (_, path) => path.includes("/stop")),
  termAt("a container is removed", (method, path) => method === "DELETE" && path.startsWith("/containers/")),
  termAt("a container is renamed", (_, path) => path.includes("/rename")),
  termAt("a container is started", (_, path) => path.endsWith("/start")),
  termAt("a network is removed", (method, path) => method === "DELETE" && path.startsWith("/networks/")),
  termAt("a network is created", (_, path) => path.startsWith("/networks/create")),
  termDuring("an engine", (world) => {
    let asked = 0;
    world.onRequest = ({ path }) => {
      if (!path.startsWith("/containers/json")) return undefined;
      asked++;
      return { kind: "hang" };
    };
    return () => asked;
  }),
  termDuring("a Git server", (world) => {
    let asked = 0;
    world.site.git.fault = ({ path }) => {
      if (!path.includes(world.prefix)) return undefined;
      asked++;
      return new Promise((resolve) => {
        world.defer(() => resolve(undefined));
      });
    };
    return () => asked;
  }),
  faultCase("signals", "SIGTERM while nothing is done, and while the first pass begins", async (world) => {
    await world.commit(world.five(1));
    for (let times = 0; times < 6; times++) {
      const process = await world.start();
      await process.until("the start", () => process.count("started") > 0);
      await pause(times * 40);
      process.kill("SIGTERM");
      assert.equal((await process.status).code, 0, process.lastWords());
    }
    await settle(world, await world.start());
  }),
  faultCase("signals", "500 SIGHUPs during an update are a few passes", (world) => storm(world, 500)),
  faultCase("signals", "SIGHUPs from the first moment on do not end it", async (world) => {
    await world.commit(world.five(1));
    const process = await world.start();
    await process.until("the start", () => process.count("started") > 0);
    for (let times = 0; times < 50; times++) {
      process.reload();
      await pause(5);
    }
    await settle(world, process);
  }),
  faultCase("signals", "a machine that sleeps during an update goes on when it wakes", async (world) => {
    const process = await world.up(world.five(1));
    const precious = await plantData(world);
    await world.commit(world.five(2));
    process.reload();
    await pause(600);
    process.kill("SIGSTOP");
    await pause(8000);
    process.kill("SIGCONT");
    await settle(world, process, { precious });
  }),
  clock("a clock that is set back by a year, and again", [-YEAR, -2 * YEAR]),
  clock("a clock that is set ahead by ten years, and back", [10 * YEAR, 0]),
  clock("a clock that jumps to and fro", [1, -1, 48, -48, 0]),
];
