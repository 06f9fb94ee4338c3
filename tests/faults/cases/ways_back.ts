/** Deployments and updates that do not go well, and the way back from them, whatever else goes wrong meanwhile. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import git from "isomorphic-git";
import * as fs from "node:fs";
import type { FaultCase } from "../case.ts";
import { settle } from "../settle.ts";
import type { StackSpec } from "../stack_spec.ts";
import {
  app,
  badApp,
  known,
  mend,
  pageOf,
  push,
  untilBack,
  up,
  upWithTag,
  wayBackCase,
} from "../way_back.ts";
import { WAY_BACK_KILLS } from "./ways_back_kills.ts";

export const WAY_BACK_CASES: readonly FaultCase[] = [
  wayBackCase(
    "a commit whose service ends at once is taken back: containers, networks and files",
    async (world) => {
      const { good, process, one } = await up(world);
      await push(world, badApp(one, 2), "bad");
      process.reload();
      await untilBack(world, process, { stacks: good });
      await mend(world, process, 3);
    },
  ),
  wayBackCase(
    "the image is the very one of before although the tag has moved, also when somebody removes the container",
    async (world) => {
      const { tag, process, byId } = await upWithTag(world);
      await tag.move(world.site.engine.images.two);
      await push(world, badApp(tag.name, 2), "bad");
      process.reload();
      await untilBack(world, process, { stacks: byId });
      await world.remove(`/containers/${world.prefix}-app-a-1`, { force: "true" });
      await untilBack(world, process, { stacks: byId });
      await mend(world, process, 3);
    },
  ),
  ...WAY_BACK_KILLS,
  wayBackCase(
    "an update that does not run goes back to the exact image, and that one is not tried again",
    async (world) => {
      const { tag, process, byId } = await upWithTag(world);
      await tag.publish(await tag.makeBad("once"));
      const update = await world.lab.run("update");
      assert.equal(update.code, 1, update.stdout + update.stderr);
      assert.match(update.stdout, /rolled-back/);
      await untilBack(world, process, { stacks: byId, hold: "none" });
      const { [`${world.prefix}-app-a-1`]: before } = await world.ids();
      const again = await world.lab.run("update");
      assert.equal(again.code, 0, again.stdout + again.stderr);
      assert.equal((await world.ids())[`${world.prefix}-app-a-1`], before);
      await tag.publish(world.site.engine.images.two);
      assert.equal((await world.lab.run("update")).code, 0);
      assert.equal((await world.find("app-a-1"))?.image, await tag.id(world.site.engine.images.two));
      await settle(world, process);
    },
  ),
  wayBackCase("a person goes back and forward again beside a run that goes on", async (world) => {
    const { good, process, one } = await up(world);
    await push(world, app(one, 2), "good 2");
    process.reload();
    await process.until("the second state", () => process.isSettledAt(world.head));
    const name = world.projectOf("app");
    const back = await world.lab.run("rollback", name);
    assert.equal(back.code, 0, back.stdout + back.stderr);
    await untilBack(world, process, { stacks: good, hold: "manual" });
    await push(world, app(one, 3), "good 3");
    process.reload();
    await pause(2000);
    await untilBack(world, process, { stacks: good, hold: "manual" });
    const resumed = await world.lab.run("resume", name);
    assert.equal(resumed.code, 0, resumed.stderr);
    await settle(world, process);
    assert.equal(await pageOf(world), "good 3");
  }),
  wayBackCase("no other command lets go of what a stack is held at", async (world) => {
    const { good, process, one } = await up(world);
    await push(world, badApp(one, 2), "bad");
    process.reload();
    await untilBack(world, process, { stacks: good });
    await process.stop();
    const name = world.projectOf("app");
    for (
      const command of [
        ["plan"],
        ["secrets"],
        ["config", "--stack", name, "--host", "helium"],
        ["updates"],
        ["cleanup"],
        ["apply", "--stack", world.projectOf("alone")],
      ]
    ) {
      await world.lab.run(...command);
      assert.equal(await pageOf(world), "good 1", `after ${command[0]}`);
    }
    const run = await world.start();
    await run.until("a pass", () => run.count("pass-done") > 0);
    await mend(world, run, 3);
  }),
  wayBackCase("the remote repository that goes away in the middle is not needed", async (world) => {
    const { good, process, one } = await up(world);
    await push(world, badApp(one, 2), "bad");
    const away = `${world.lab.remote}-away`;
    world.defer(() => Deno.remove(away, { recursive: true }).catch(() => {}));
    let isAway = false;
    world.onRequest = ({ method }) => {
      if (!isAway && method !== "GET" && method !== "HEAD") {
        isAway = true;
        Deno.renameSync(world.lab.remote, away);
      }
      return undefined;
    };
    process.reload();
    await process.until("the remote's end", () => isAway);
    await untilBack(world, process, { stacks: good });
    process.reload();
    await pause(2000);
    await untilBack(world, process, { stacks: good });
    await Deno.rename(away, world.lab.remote);
    await mend(world, process, 3);
  }),
  wayBackCase("the good commit that was pushed away by force is still here", async (world) => {
    const { good, process, one } = await up(world);
    await process.stop();
    await Deno.remove(join(world.lab.remote, ".git"), { recursive: true });
    await push(world, badApp(one, 2), "bad");
    const log = await git.log({ fs, dir: world.lab.remote });
    assert.equal(log.length, 1);
    const run = await world.start();
    await untilBack(world, run, { stacks: good });
    await mend(world, run, 3);
  }),
  wayBackCase("stacks that fail at once go back all of them, and no other", async (world) => {
    const names = ["app", "app2", "app3"];
    const { good, process, one } = await up(world, names);
    await push(world, badApp(one, 2), "bad", names);
    process.reload();
    await untilBack(world, process, { stacks: good, names });
    await mend(world, process, 3, names);
  }),
  wayBackCase("a push that mends it ends the wait for a stack that does not get well", async (world) => {
    const { process, one } = await up(world);
    const never = { ...app(one, 2), more: ["x-homeport: { health_gate: { timeout: 10m } }"] };
    const [service] = never.services;
    const check = 'healthcheck: { test: ["CMD", "false"], interval: 1s, start_period: 10m }';
    await push(world, { ...never, services: [{ ...service!, more: [...service!.more!, check] }] }, "bad");
    process.reload();
    await process.until("the wait", (said) => said.some(({ message }) => /become healthy/.test(message)));
    await push(world, app(one, 3), "good 3");
    await settle(world, process);
    assert.equal(await pageOf(world), "good 3");
  }),
  wayBackCase(
    "where the state of before does not run either, that is told, and a push mends it",
    async (world) => {
      const { one } = world.site.engine.images;
      const flag = join(world.folder, "flag");
      await Deno.writeTextFile(flag, "");
      const needsFlag = (version: number): StackSpec => {
        const stack = app(one, version, '["sh", "-c", "test -s /flag/flag && exit 3; exec sleep 100000"]');
        const [service] = stack.services;
        return { ...stack, services: [{ ...service!, more: [`volumes: ["${world.folder}:/flag:ro"]`] }] };
      };
      await push(world, needsFlag(1), "good 1");
      const process = await world.start();
      await process.until("what runs well", () => process.isSettledAt(world.head));
      await Deno.writeTextFile(flag, "now it ends");
      await push(world, needsFlag(2), "bad");
      process.reload();
      await process.until("a hold", async () => (await known(world, "app"))?.hold !== undefined);
      await process.until("a failure", (said) => said.some(({ message }) => /-app: failed/.test(message)));
      await mend(world, process, 3);
    },
  ),
  wayBackCase(
    "a data folder that is wiped while a stack is held forgets the hold, and nothing else",
    async (world) => {
      const { good, process, one } = await up(world);
      await push(world, badApp(one, 2), "bad");
      process.reload();
      await untilBack(world, process, { stacks: good });
      await process.stop();
      await Deno.remove(world.dataDir, { recursive: true });
      const run = await world.start();
      await run.until("a failure", (said) => said.some(({ message }) => /-app: failed/.test(message)));
      assert.equal((await known(world, "app"))?.hold, undefined);
      await mend(world, run, 3);
    },
  ),
];
