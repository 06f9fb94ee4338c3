/** The Git server, and what people push to it. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Fault } from "../../fakes/git_server.ts";
import { run } from "../../../tools/engine/run.ts";
import { type FaultCase, faultCase } from "../case.ts";
import { plantData } from "../check_world.ts";
import { settle } from "../settle.ts";
import type { World } from "../world.ts";

/** A push while the server is like this; it is well again after a while. */
function server(
  what: string,
  fault: (path: string) => Fault | undefined | Promise<Fault | undefined>,
): FaultCase {
  return faultCase("git", what, async (world) => {
    const process = await world.up(world.five(1));
    const before = await world.ids();
    spoil(world, fault);
    await world.commit(world.five(2));
    process.reload();
    await pause(3000);
    await world.post("pair-db-1", "kill").catch(() => {});
    await pause(3000);
    const { [`${world.prefix}-alone-a-1`]: still } = await world.ids();
    const isUntouched = still === before[`${world.prefix}-alone-a-1`];
    world.site.git.fault = () => undefined;
    await settle(world, process);
    return isUntouched ? undefined : "deployed all the same";
  });
}

function spoil(world: World, fault: (path: string) => Fault | undefined | Promise<Fault | undefined>): void {
  world.site.git.fault = ({ path }) => path.includes(world.prefix) ? fault(path) : undefined;
  world.defer(() => void (world.site.git.fault = () => undefined));
}

async function git(world: World, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run("git", ["-C", world.lab.remote, ...args]);
  assert.equal(code, 0, `git ${args.join(" ")}: ${stderr}`);
  return stdout.trim();
}

const status = (code: number): Fault => ({ kind: "status", status: code });

export const GIT_CASES: readonly FaultCase[] = [
  server("a Git server that is out of order (500)", () => status(500)),
  server("a Git server that refuses (401)", () => status(401)),
  server("a Git server that knows the repository no more (404)", () => status(404)),
  server(
    "a Git server that has too much to do (429)",
    () => ({ ...status(429), headers: { "retry-after": "1" } } as Fault),
  ),
  server("a page of somebody else in the place of Git's answer", () => ({
    kind: "status",
    status: 200,
    headers: { "content-type": "text/html" },
    body: "<html>Please log in to this Wi-Fi</html>",
  })),
  server("a Git server whose answers end in the middle", () => ({ kind: "cut", after: 70 })),
  server(
    "a pack that ends in the middle",
    (path) =>
      path.includes("git-upload-pack") && !path.includes("info/refs")
        ? { kind: "cut", after: 400 }
        : undefined,
  ),
  server("a Git server whose answers take 2 s", async () => {
    await pause(2000);
    return undefined;
  }),
  server("a Git server that stops in the middle of an answer", () => ({ kind: "stall", after: 20 })),
  faultCase("git", "a Git server that is not there at the start is waited for", async (world) => {
    spoil(world, () => status(503));
    await world.commit(world.five(1));
    const process = await world.start();
    await process.until("two failures", () => process.count("pass-failed") >= 2);
    world.site.git.fault = () => undefined;
    await settle(world, process);
  }),
  faultCase(
    "git",
    "a start without the Git server deploys nothing else, and mends from the last checkout",
    async (world) => {
      const first = await world.up(world.five(1));
      await first.stop();
      spoil(world, () => status(503));
      await world.post("pair-db-1", "kill");
      const process = await world.start();
      await process.until(
        "a mended container",
        () => world.isRunning("pair-db-1"),
      );
      world.site.git.fault = () => undefined;
      await settle(world, process);
    },
  ),
  faultCase("git", "a branch that was forced to another history is followed", async (world) => {
    const process = await world.up(world.five(1));
    const precious = await plantData(world);
    await git(world, "checkout", "-q", "--orphan", "other");
    await git(world, "branch", "-q", "-D", "main");
    await git(world, "branch", "-q", "-m", "main");
    await world.commit(world.five(7));
    process.reload();
    await settle(world, process, { precious });
  }),
  faultCase("git", "a branch that was forced back is followed", async (world) => {
    const process = await world.up(world.five(1));
    const [first, stacks] = [world.head, world.stacks];
    await world.commit(world.five(2));
    process.reload();
    await process.until("the update", () => process.isSettledAt(world.head));
    await git(world, "reset", "-q", "--hard", first);
    Object.assign(world, { head: first, stacks });
    process.reload();
    await settle(world, process);
  }),
  faultCase(
    "git",
    "a branch that is gone takes nothing down, and is followed when it is back",
    async (world) => {
      const process = await world.up(world.five(1));
      const before = await world.ids();
      await git(world, "branch", "-q", "-m", "main", "elsewhere");
      process.reload();
      await pause(4000);
      assert.deepEqual(await world.ids(), before);
      await git(world, "branch", "-q", "-m", "elsewhere", "main");
      process.reload();
      await settle(world, process);
      assert.deepEqual(await world.ids(), before);
    },
  ),
  faultCase("git", "a repository that was emptied by mistake takes nothing down", async (world) => {
    const stacks = world.five(1);
    const process = await world.up(stacks);
    const before = await world.ids();
    await world.commit({ alone: stacks["alone"]! });
    process.reload();
    await process.untilSaid("stack-done", "more than half of those that run");
    assert.deepEqual(await world.ids(), before);
    await world.commit(stacks);
    process.reload();
    await settle(world, process);
    assert.deepEqual(await world.ids(), before);
  }),
  faultCase("git", "ten pushes within a second end with the last one", async (world) => {
    const process = await world.up(world.five(1));
    const precious = await plantData(world);
    for (let version = 2; version <= 11; version++) {
      await world.commit(world.five(version));
      process.reload();
      await pause(60);
    }
    await settle(world, process, { precious });
    const passes = process.count("pass-done");
    assert.ok(passes <= 14, `${passes} passes`);
    return `${passes} passes`;
  }),
  faultCase(
    "git",
    "a push that breaks one stack leaves it as it runs, updates the others, and is mended by the next",
    async (world) => {
      const process = await world.up(world.five(1));
      const { [`${world.prefix}-net-a-1`]: net } = await world.ids();
      const broken = { ...world.five(2), net: world.five(1)["net"]! };
      await world.commit(broken);
      await world.write({ net: "services: { a: { image: [what, is, this] } }\n" });
      process.reload();
      await process.untilSaid("stack-done", "-net: broken");
      await process.until(
        "the others",
        async () => (await world.find("pair-web-1"))?.environment.includes("VERSION=2") === true,
      );
      assert.equal((await world.ids())[`${world.prefix}-net-a-1`], net);
      await world.commit(world.five(3));
      process.reload();
      await settle(world, process);
    },
  ),
  faultCase(
    "git",
    "a push that breaks every stack leaves all as they run, and is mended by the next",
    async (world) => {
      const stacks = world.five(1);
      const process = await world.up(stacks);
      const before = await world.ids();
      await world.write(Object.fromEntries(Object.keys(stacks).map((name) => [name, "services: [\n"])));
      process.reload();
      await process.untilSaid("stack-done", ": broken");
      await pause(1000);
      assert.deepEqual(await world.ids(), before);
      await world.commit(world.five(2));
      process.reload();
      await settle(world, process);
    },
  ),
];
