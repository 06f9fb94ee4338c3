/** Services that do not want to run. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { type FaultCase, faultCase } from "../case.ts";
import type { HomeportProcess } from "../homeport_process.ts";
import { settle } from "../settle.ts";
import { fiveStacks, type StackSpec } from "../stack_spec.ts";
import type { World } from "../world.ts";

const CRASHING = `["sh", "-c", "sleep 0.2; exit 3"]`;

function withStack(world: World, name: string, stack: StackSpec): Record<string, StackSpec> {
  return { ...world.five(1), [name]: stack };
}

/** Leaves it alone with the service, and counts what it does meanwhile. */
async function watch(
  process: HomeportProcess,
  seconds: number,
): Promise<{ readonly passes: number; readonly starts: number }> {
  const [passes, starts] = [process.count("pass-started"), process.count("operation-started")];
  await pause(seconds * 1000);
  return {
    passes: process.count("pass-started") - passes,
    starts: process.count("operation-started") - starts,
  };
}

export const SERVICE_CASES: readonly FaultCase[] = [
  faultCase(
    "services",
    "a service that crashes as soon as it is started is healed a bounded number of times",
    async (world) => {
      const { one } = world.site.engine.images;
      await world.commit(withStack(world, "crash", {
        services: [{ name: "a", image: one, version: 1, command: CRASHING, state: "any" }],
      }));
      const process = await world.start();
      await process.until("the first pass", () => process.count("pass-done") > 0);
      const { passes, starts } = await watch(process, 30);
      assert.ok(passes <= 25, `${passes} passes`);
      assert.ok(starts <= 25, `${starts} operations`);
      await world.commit(withStack(world, "crash", { services: [{ name: "a", image: one, version: 2 }] }));
      process.reload();
      await settle(world, process);
      return `${passes} passes, ${starts} starts in 30 s`;
    },
  ),
  faultCase(
    "services",
    "a service that the engine itself restarts over and over keeps the host not busy",
    async (world) => {
      const { one } = world.site.engine.images;
      await world.commit(withStack(world, "crash", {
        services: [{
          name: "a",
          image: one,
          version: 1,
          command: CRASHING,
          state: "any",
          more: ["restart: always"],
        }],
      }));
      const process = await world.start();
      await process.until("the first pass", () => process.count("pass-done") > 0);
      const { passes } = await watch(process, 30);
      assert.ok(passes <= 25, `${passes} passes`);
      await world.commit(withStack(world, "crash", { services: [{ name: "a", image: one, version: 2 }] }));
      process.reload();
      await settle(world, process);
      return `${passes} passes in 30 s`;
    },
  ),
  faultCase("services", "a health check that flaps keeps the host not busy", async (world) => {
    const { one } = world.site.engine.images;
    const flap = '["CMD", "sh", "-c", "test $$(( $$(date +%s) / 3 % 2 )) = 0"]';
    await world.commit(withStack(world, "flap", {
      services: [{
        name: "a",
        image: one,
        version: 1,
        more: [`healthcheck: { test: ${flap}, interval: 1s, timeout: 1s, retries: 1, start_period: 0s }`],
      }],
    }));
    const process = await world.start();
    await process.until("the first pass", () => process.count("pass-done") > 0);
    const { passes } = await watch(process, 25);
    assert.ok(passes <= 20, `${passes} passes`);
    await world.commit(fiveStacks(one, 1));
    process.reload();
    await settle(world, process);
    return `${passes} passes in 25 s`;
  }),
  faultCase(
    "services",
    "a service whose dependency never gets healthy fails, and is mended by a push",
    async (world) => {
      const { one } = world.site.engine.images;
      const sick = (test: string): StackSpec => ({
        services: [
          {
            name: "db",
            image: one,
            version: 1,
            more: [`healthcheck: { test: ${test}, interval: 200ms, timeout: 1s, retries: 1 }`],
          },
          {
            name: "web",
            image: one,
            version: 1,
            more: ["depends_on: { db: { condition: service_healthy } }"],
          },
        ],
      });
      await world.commit(withStack(world, "sick", sick(`["CMD", "false"]`)));
      const process = await world.start();
      await process.untilSaid("stack-done", "-sick: failed");
      await process.until("the other stacks", async () => `${world.prefix}-pair-web-1` in await world.ids());
      await world.commit(withStack(world, "sick", sick(`["CMD", "true"]`)));
      process.reload();
      await settle(world, process);
    },
  ),
  faultCase(
    "services",
    "a program that does not exist fails its stack alone, and is mended by a push",
    async (world) => {
      const { one } = world.site.engine.images;
      const stack = (command: string) =>
        withStack(world, "typo", {
          services: [{ name: "a", image: one, version: 1, command, scratch: true }],
        });
      await world.commit(stack("slep 1000"));
      const process = await world.start();
      await process.untilSaid("stack-done", "-typo: failed");
      await world.commit(stack("sleep 1000"));
      process.reload();
      await settle(world, process);
    },
  ),
  faultCase("services", "a port that is taken fails its stack alone, until it is free", async (world) => {
    const { one } = world.site.engine.images;
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    let isOpen = true;
    const close = () => {
      if (isOpen) listener.close();
      isOpen = false;
    };
    world.defer(close);
    await world.commit(withStack(world, "port", {
      network: 1,
      services: [{ name: "a", image: one, version: 1, more: [`ports: ["127.0.0.1:${port}:80"]`] }],
    }));
    const process = await world.start();
    await process.untilSaid("stack-done", "-port: failed");
    close();
    await settle(world, process);
  }),
];
