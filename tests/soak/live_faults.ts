/** What happens to a server in a bad year. */
import { setTimeout as pause } from "node:timers/promises";
import type { HomeportProcess } from "../faults/homeport_process.ts";
import type { World } from "../faults/world.ts";
import type { Stacks } from "./live.ts";
import type { Random } from "./random.ts";

export interface Scene {
  readonly world: World;
  readonly process: HomeportProcess;
  readonly random: Random;
  readonly stacks: Stacks;
}

export interface Fault {
  readonly name: string;
  happen(scene: Scene): Promise<void>;
}

async function container({ world, random }: Scene): Promise<string> {
  return random.pick(Object.keys(await world.ids())).replace(`${world.prefix}-`, "");
}

/** What is gone already, or held by Homeport, is not hurt. */
async function tolerate(hurt: Promise<void>): Promise<void> {
  await hurt.catch(() => {});
}

/** The engine's socket is like this for a while. */
async function spoil({ world, random }: Scene, onRequest: World["onRequest"]): Promise<void> {
  world.onRequest = onRequest;
  await pause(1000 + random.below(4000));
  world.onRequest = () => undefined;
}

export const FAULTS: readonly Fault[] = [
  {
    name: "a push",
    happen: async ({ world, process, random, stacks }) => {
      for (let times = random.below(4); times >= 0; times--) stacks.raise(random.below(stacks.count));
      await world.commit(stacks.all());
      if (random.chance(0.7)) process.reload();
    },
  },
  {
    name: "a broken push",
    happen: async ({ world, process, random, stacks }) => {
      await world.write({
        [`s${random.below(stacks.count)}`]: random.pick([
          "services: [\n",
          "services: { a: { image: 7, x: } }\n",
          "",
        ]),
      });
      process.reload();
      await pause(random.below(3000));
      // Another file is mended by the next push, whichever that is.
      await world.commit(stacks.all());
    },
  },
  {
    name: "a container stopped",
    happen: async (scene) => tolerate(scene.world.post(await container(scene), "stop", { t: "0" })),
  },
  {
    name: "a container killed",
    happen: async (scene) => tolerate(scene.world.post(await container(scene), "kill")),
  },
  {
    name: "a container removed",
    happen: async (scene) =>
      tolerate(
        scene.world.remove(`/containers/${scene.world.prefix}-${await container(scene)}`, { force: "true" }),
      ),
  },
  {
    name: "a storm of SIGHUPs",
    happen: async ({ process, random }) => {
      for (let times = random.below(20); times >= 0; times--) {
        process.reload();
        await pause(random.below(30));
      }
    },
  },
  {
    name: "an engine that fails",
    happen: (scene) =>
      spoil(
        scene,
        () => scene.random.chance(0.3) ? { kind: "fail", status: 500, message: "chance" } : undefined,
      ),
  },
  {
    name: "an engine that breaks connections off",
    happen: (scene) =>
      spoil(
        scene,
        () =>
          scene.random.chance(0.3)
            ? { kind: "cut", when: scene.random.pick(["before", "after"]) }
            : undefined,
      ),
  },
  {
    name: "an engine that is slow",
    happen: (scene) =>
      spoil(scene, async () => {
        await pause(scene.random.below(500));
        return undefined;
      }),
  },
  {
    name: "a socket that goes away",
    happen: async ({ world, random }) => {
      await world.closeSocket();
      await pause(random.below(3000));
      await world.openSocket();
    },
  },
  {
    name: "a Git server that is away",
    happen: async ({ world, random }) => {
      world.site.git.fault = () => ({ kind: "status", status: random.pick([500, 503, 429]) });
      await pause(random.below(6000));
      world.site.git.fault = () => undefined;
    },
  },
];
