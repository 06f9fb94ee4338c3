/** The Docker Engine goes away, freezes, fails, and says what no engine says. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Fault, RecordedRequest } from "../../fakes/engine_proxy.ts";
import { type FaultCase, faultCase } from "../case.ts";
import { plantData } from "../check_world.ts";
import type { HomeportProcess } from "../homeport_process.ts";
import { settle } from "../settle.ts";
import type { World } from "../world.ts";

/** The fault is there while all stacks are updated, and goes again after a while. */
function during(
  what: string,
  fault: (world: World) => World["onRequest"],
  { seconds = 6 }: { readonly seconds?: number } = {},
): FaultCase {
  return updateWith(what, async (world, process) => {
    world.onRequest = fault(world);
    process.reload();
    await pause(seconds * 1000);
    world.onRequest = () => undefined;
  });
}

/** An update of all stacks, while something happens. */
function updateWith(
  what: string,
  happen: (world: World, process: HomeportProcess) => Promise<void>,
  more: readonly string[] = [],
): FaultCase {
  return faultCase("engine", what, async (world) => {
    const stacks = (version: number) => {
      const five = world.five(version, version);
      return more.length === 0 ? five : Object.fromEntries(
        Object.entries(five).map(([name, stack]) => [name, {
          ...stack,
          services: stack.services.map((service) =>
            service.state === "exited" ? service : { ...service, more: [...service.more ?? [], ...more] }
          ),
        }]),
      );
    };
    const process = await world.up(stacks(1));
    const precious = await plantData(world);
    // What is committed is seen at the next look, and the fault is there by then.
    await world.commit(stacks(2));
    try {
      await happen(world, process);
    } finally {
      await world.site.engine.thaw();
      await world.site.engine.comeBack();
    }
    await settle(world, process, { precious, seconds: 90 });
  });
}

const isWrite = ({ method }: RecordedRequest) => method !== "GET" && method !== "HEAD";

function everySecond(
  fault: Fault,
  applies: (request: RecordedRequest) => boolean = () => true,
): World["onRequest"] {
  let calls = 0;
  return (request) => applies(request) && calls++ % 2 === 0 ? fault : undefined;
}

const INTERNAL: Fault = { kind: "fail", status: 500, message: "something is wrong here" };

export const ENGINE_CASES: readonly FaultCase[] = [
  updateWith("an engine that is stopped and started again during an update", async ({ site }, process) => {
    process.reload();
    await pause(700);
    await site.engine.goAway();
    await pause(1500);
    await site.engine.comeBack();
  }),
  updateWith("an engine that is killed during an update, and started again", async ({ site }, process) => {
    process.reload();
    await pause(900);
    await site.engine.goAway("SIGKILL");
    await pause(1500);
    await site.engine.comeBack();
  }),
  updateWith(
    "an engine that is restarted, with containers that it starts again by itself",
    async ({ site }, process) => {
      process.reload();
      await pause(500);
      await site.engine.goAway();
      await site.engine.comeBack();
    },
    ["restart: unless-stopped"],
  ),
  updateWith("an engine that is frozen for 8 s during an update", async ({ site }, process) => {
    process.reload();
    await pause(700);
    await site.engine.freeze();
    await pause(8000);
    await site.engine.thaw();
  }),
  faultCase(
    "engine",
    "an engine that is restarted three times while nothing is to be done",
    async (world) => {
      const process = await world.up(world.five(1));
      const precious = await plantData(world);
      for (let times = 0; times < 3; times++) {
        await world.site.engine.goAway(times === 1 ? "SIGKILL" : "SIGTERM");
        await world.site.engine.comeBack();
      }
      await settle(world, process, { precious });
    },
  ),
  faultCase("engine", "an engine that is not there at the start is waited for", async (world) => {
    await world.closeSocket();
    await world.commit(world.five(1));
    const process = await world.start();
    await process.until("two failures", () => process.count("pass-failed") >= 2);
    await world.openSocket();
    await settle(world, process);
  }),
  updateWith("a socket that goes away during an update, and comes back", async (world, process) => {
    process.reload();
    await pause(700);
    await world.closeSocket();
    await pause(3000);
    await world.openSocket();
  }),
  faultCase(
    "engine",
    "what happened to containers while the engine could not be followed is mended",
    async (world) => {
      const process = await world.up(world.five(1));
      await world.closeSocket();
      await process.until("the loss of the engine", () => process.count("engine-lost") > 0);
      await world.remove(`/containers/${world.prefix}-net-a-1`, { force: "true" });
      await world.post("pair-db-1", "kill");
      await world.openSocket();
      await settle(world, process);
    },
  ),
  faultCase("engine", "events that never come leave it to the next look to mend", async (world) => {
    world.onRequest = ({ path }) => path.startsWith("/events") ? { kind: "hang" } : undefined;
    const process = await world.up(world.five(1));
    await world.post("pair-db-1", "kill");
    await settle(world, process);
  }),
  faultCase("engine", "a stream of events that breaks every second is followed on", async (world) => {
    const process = await world.up(world.five(1));
    world.onRequest = ({ path }) =>
      path.startsWith("/events") ? { kind: "cut", when: "during", bytes: 200 } : undefined;
    await world.closeSocket();
    await world.openSocket();
    for (let times = 0; times < 5; times++) {
      await world.post("pair-db-1", "kill").catch(() => {});
      await pause(1000);
    }
    world.onRequest = () => undefined;
    await settle(world, process);
  }),
  during("an engine whose every answer takes 300 ms", () => async () => {
    await pause(300);
    return undefined;
  }),
  during("an engine that fails every second writing call with 500", () => everySecond(INTERNAL, isWrite)),
  during(
    "an engine that fails every reading call with 500",
    () => (request) => isWrite(request) ? undefined : INTERNAL,
  ),
  during(
    "an engine that is out of order (503) altogether",
    () => () => ({ kind: "fail", status: 503, message: "no" }),
  ),
  during(
    "an engine that does what it is asked and whose answers get lost",
    () => everySecond({ kind: "cut", when: "after" }, isWrite),
  ),
  during("an engine that breaks every third connection off", () => {
    let calls = 0;
    return () => calls++ % 3 === 2 ? { kind: "cut", when: "before" } : undefined;
  }),
  during(
    "an engine that ends its answers in the middle",
    () => everySecond({ kind: "cut", when: "during", bytes: 300 }),
  ),
  during(
    "an engine that ends its lists of containers in the middle",
    () => ({ path }) =>
      path.startsWith("/containers/json") ? { kind: "cut", when: "during", bytes: 900 } : undefined,
  ),
  during("an engine that answers with garbage", () => everySecond({ kind: "garble" })),
  during(
    "an engine that refuses to stop containers",
    () => ({ path }) => path.includes("/stop") ? INTERNAL : undefined,
  ),
  during(
    "an engine that refuses to remove containers",
    () => ({ method }) => method === "DELETE" ? INTERNAL : undefined,
  ),
  during(
    "an engine that refuses to start containers",
    () => ({ path }) => path.endsWith("/start") ? INTERNAL : undefined,
  ),
  during(
    "an engine that refuses to rename containers",
    () => ({ path }) => path.includes("/rename") ? INTERNAL : undefined,
  ),
  faultCase(
    "engine",
    "an engine that never answers a call is left by a second SIGTERM, and nothing is lost",
    async (world) => {
      const process = await world.up(world.five(1));
      const precious = await plantData(world);
      world.onRequest = ({ path }) => path.startsWith("/containers/create") ? { kind: "hang" } : undefined;
      await world.commit(world.five(2));
      process.reload();
      await process.untilSaid("operation-started", "recreate");
      await pause(500);
      process.kill("SIGTERM");
      await pause(500);
      assert.equal(process.hasEnded, false, "the first signal waits for the operation in hand");
      process.kill("SIGTERM");
      assert.equal((await process.status).code, 130);
      world.onRequest = () => undefined;
      await settle(world, await world.start(), { precious });
    },
  ),
];
