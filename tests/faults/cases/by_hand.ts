/** What people do to containers, networks and volumes behind Homeport's back. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { type FaultCase, faultCase } from "../case.ts";
import { plantData, type Precious } from "../check_world.ts";
import { seeEngine } from "../engine_view.ts";
import type { Said } from "../homeport_process.ts";
import { settle } from "../settle.ts";
import type { StackSpec } from "../stack_spec.ts";
import type { World } from "../world.ts";

function byHand(
  what: string,
  spoil: (world: World) => Promise<void>,
  isStillPrecious: (each: Precious) => boolean = () => true,
): FaultCase {
  return faultCase("by hand", what, async (world) => {
    const process = await world.up(world.five(1));
    const precious = await plantData(world);
    process.kill("SIGSTOP");
    await spoil(world);
    process.kill("SIGCONT");
    await settle(world, process, { precious: precious.filter(isStillPrecious) });
  });
}

/** Runs the stack's name as a container of somebody else. */
async function runForeign(world: World, name: string): Promise<void> {
  const { api, images } = world.site.engine;
  const response = await api.request("POST", "/containers/create", {
    query: { name },
    body: JSON.stringify({
      Image: images.two,
      Cmd: ["sleep", "100000"],
      HostConfig: { NetworkMode: "none" },
    }),
    headers: { "content-type": "application/json" },
  });
  const { Id } = await response.json() as { readonly Id: string };
  await (await api.request("POST", `/containers/${Id}/start`)).body?.cancel();
}

export const BY_HAND_CASES: readonly FaultCase[] = [
  byHand(
    "a container that is stopped is started again",
    (world) => world.post("data-db-1", "stop", { t: "0" }),
  ),
  byHand("a container that is killed is started again", (world) => world.post("pair-db-1", "kill")),
  byHand(
    "a container that is removed is made again, and finds its named volume",
    (world) => world.remove(`/containers/${world.prefix}-data-db-1`, { force: "true" }),
    ({ destination }) => destination === "/data",
  ),
  byHand(
    "all containers that are removed at once are made again",
    async (world) => {
      const names = Object.keys(await world.ids());
      await Promise.all(names.map((name) => world.remove(`/containers/${name}`, { force: "true" })));
    },
    ({ destination }) => destination === "/data",
  ),
  byHand(
    "a container that is renamed gets its name back, and its data",
    (world) => world.post("data-db-1", "rename", { name: `${world.prefix}-somebody` }),
  ),
  byHand(
    "a container that is renamed as an interrupted recreation names it is not taken for a leftover",
    (world) => world.post("data-db-1", "rename", { name: `0123456789ab_${world.prefix}-data-db-1` }),
  ),
  faultCase(
    "by hand",
    "a container that is paused stays so, as with docker compose, and is said by name",
    async (world) => {
      const process = await world.up(world.five(1));
      await world.post("net-a-1", "pause");
      await process.untilSaid("warning", "-net-a-1 is paused");
      await world.post("net-a-1", "unpause");
      await settle(world, process);
    },
  ),
  byHand("a container that is detached from its network is attached again", async (world) => {
    const path = `/networks/${world.projectOf("net")}_default/disconnect`;
    const body = JSON.stringify({ Container: `${world.projectOf("net")}-a-1`, Force: true });
    const headers = { "content-type": "application/json" };
    await (await world.site.engine.api.request("POST", path, { body, headers })).body?.cancel();
  }),
  byHand("a network that is removed with its containers is made again", async (world) => {
    for (const name of ["pair-db-1", "pair-web-1"]) {
      await world.remove(`/containers/${world.prefix}-${name}`, { force: "true" });
    }
    await world.remove(`/networks/${world.projectOf("pair")}_default`);
  }, ({ container }) => !container.includes("-pair-")),
  byHand("a network that is removed under stopped containers is made again", async (world) => {
    const network = `/networks/${world.projectOf("pair")}_default`;
    for (const name of ["pair-db-1", "pair-web-1"]) {
      const body = JSON.stringify({ Container: `${world.prefix}-${name}`, Force: true });
      const headers = { "content-type": "application/json" };
      await (await world.site.engine.api.request("POST", `${network}/disconnect`, { body, headers })).body
        ?.cancel();
    }
    await world.remove(network);
  }),
  byHand(
    "a volume that is removed with its container is made again, empty",
    async (world) => {
      await world.remove(`/containers/${world.prefix}-data-db-1`, { force: "true" });
      await world.remove(`/volumes/${world.projectOf("data")}_data`);
    },
    ({ container }) => !container.includes("-data-"),
  ),
  faultCase(
    "by hand",
    "a container that ended well and has no restart policy is left alone",
    async (world) => {
      const once: StackSpec = {
        services: [{
          name: "job",
          image: world.site.engine.images.one,
          version: 1,
          command: `["sh", "-c", "sleep 1"]`,
          state: "any",
        }],
      };
      const process = await world.up({ ...world.five(1), job: once });
      const before = await world.ids();
      await pause(9000);
      const passes = process.count("pass-done");
      assert.ok(passes < 10, `${passes} passes`);
      const { containers } = await seeEngine(world.site.engine.api, world.prefix);
      assert.equal(containers.find(({ name }) => name.endsWith("-job-1"))?.state, "exited");
      assert.deepEqual(await world.ids(), before);
      await settle(world, process);
      return `${passes} passes`;
    },
  ),
  faultCase(
    "by hand",
    "what is changed while the gate of another stack waits is put back before that is through",
    async (world) => {
      const { one } = world.site.engine.images;
      const process = await world.up(world.five(1));
      const slow: StackSpec = {
        services: [{ name: "a", image: one, version: 1 }],
        more: ["x-homeport: { health_gate: { timeout: 20s, stable: 15s } }"],
      };
      await world.commit({ ...world.five(1), slow });
      process.reload();
      const isUp = ({ event, message }: Said) =>
        event === "gate-waiting" && message.includes("-slow: everything is up");
      await process.until("a gate that waits", (said) => said.some(isUp));
      for (const name of ["alone-a-1", "pair-web-1", "data-db-1"]) {
        await world.remove(`/containers/${world.prefix}-${name}`, { force: "true" });
        await process.until(name, async () => `${world.prefix}-${name}` in await world.ids());
      }
      const isDeployed = ({ event, message }: Said) =>
        event === "stack-done" && message.includes("-slow: deployed");
      assert.ok(!process.said.some(isDeployed), "it is still waited for");
      await settle(world, process);
      assert.equal(process.said.filter(isDeployed).length, 1);
    },
  ),
  faultCase(
    "by hand",
    "another container under the same name is not touched, and is said by name",
    async (world) => {
      const process = await world.up(world.five(1));
      const name = `${world.prefix}-alone-a-1`;
      await world.remove(`/containers/${name}`, { force: "true" });
      await runForeign(world, name).catch(async () => {
        // It was made again already: the foreign one comes while Homeport does not look.
        process.kill("SIGSTOP");
        await world.remove(`/containers/${name}`, { force: "true" });
        await runForeign(world, name);
        process.kill("SIGCONT");
      });
      const foreign = (await world.ids())[name];
      await process.untilSaid("stack-done", `${name}: the name is taken`);
      assert.equal((await world.ids())[name], foreign, "the foreign container stays");
      await world.remove(`/containers/${name}`, { force: "true" });
      process.reload();
      await settle(world, process);
    },
  ),
  faultCase(
    "by hand",
    "what somebody does over and over is put back some times, keeps the host not busy, and is put back once a person asks",
    async (world) => {
      const process = await world.up(world.five(1));
      for (let times = 0; times < 40; times++) {
        await world.post("net-a-1", "kill").catch(() => {});
        await pause(250);
      }
      await process.until("a hold", (said) => said.some(({ message }) => /put back 5 times/.test(message)));
      process.reload();
      await settle(world, process);
      const passes = process.count("pass-done");
      assert.ok(passes < 40, `${passes} passes`);
      return `40 kills, ${passes} passes`;
    },
  ),
];
