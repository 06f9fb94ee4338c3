/** Deployments that do not go well, and the way back. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { TEST_IMAGES } from "../../../tools/engine/images.ts";
import { setTimeout as pause } from "node:timers/promises";
import type { Config } from "../../../lib/config/config.ts";
import { type FaultCase, faultCase } from "../case.ts";
import { plantData } from "../check_world.ts";
import type { HomeportProcess } from "../homeport_process.ts";
import { converge, settle } from "../settle.ts";
import { fiveStacks, type ServiceSpec, type StackSpec } from "../stack_spec.ts";
import { until } from "../until.ts";
import type { World } from "../world.ts";

const GATE: Partial<Config> = { deploy: { healthGate: { timeout: "5s", stable: "1s" } } };
const CRASH: Partial<ServiceSpec> = { command: `["sh", "-c", "sleep 0.3; exit 3"]` };
const SICK: Partial<ServiceSpec> = {
  more: [`healthcheck: { test: ["CMD", "false"], interval: 300ms, timeout: 1s, retries: 2 }`],
};

/** Beside five stacks one that fails as it is told. */
function withShop(
  image: string,
  version: number,
  more: Partial<ServiceSpec> = {},
): Record<string, StackSpec> {
  return {
    ...fiveStacks(TEST_IMAGES.one, 1),
    shop: {
      network: 1,
      services: [
        { name: "db", image, version, data: true, scratch: true },
        { name: "web", image, version, dependsOn: "db", ...more },
      ],
    },
  };
}

/** Commits something that does not go well; what must run from then on is what ran before. */
async function pushBad(world: World, bad: Record<string, StackSpec>): Promise<void> {
  const good = world.stacks;
  await world.commit(bad);
  world.stacks = good;
}

async function untilRolledBack(process: HomeportProcess): Promise<void> {
  await process.untilSaid("stack-done", "-shop: rolled-back");
}

function goesBack(what: string, bad: Partial<ServiceSpec>): FaultCase {
  return faultCase("rollback", what, async (world) => {
    const { one, two } = world.site.engine.images;
    const process = await world.up(withShop(one, 1));
    const precious = await plantData(world);
    await pushBad(world, withShop(two, 2, bad));
    process.reload();
    await untilRolledBack(process);
    await converge(world, process, { precious, isHeld: true });
    // A commit elsewhere is no reason to try it again.
    const before = await world.ids();
    process.reload();
    await pause(3000);
    assert.deepEqual(await world.ids(), before);
    await world.commit(withShop(two, 3));
    process.reload();
    await settle(world, process, { precious });
  }, GATE);
}

async function killAnywhere(world: World, when: "before" | "after"): Promise<string> {
  const { one, two } = world.site.engine.images;
  let process = await world.up(withShop(one, 1));
  const precious = await plantData(world);
  let version = 1;
  let point = 1;
  let tried = 0;
  for (;; point += world.site.stride) {
    let calls = 0;
    let isHit = false;
    const victim = process;
    const kill = () => victim.kill("SIGKILL");
    world.onRequest = ({ method }) => {
      if (method === "GET" || method === "HEAD") return undefined;
      if (isHit) return { kind: "hang" };
      if (++calls < point) return undefined;
      isHit = true;
      if (when === "after") return { kind: "cut", when, onDone: kill };
      kill();
      return { kind: "cut", when };
    };
    const bad = version + 1;
    await pushBad(world, withShop(two, bad, CRASH));
    process.reload();
    const words = () => `killed ${when} call ${point}\n${process.lastWords()}`;
    const isBack = () =>
      process.said.some(({ event, message, commit }) =>
        (commit ?? "") === world.head && event === "pass-done" && message.includes("rolled-back")
      );
    await until("a kill or the way back", () => process.hasEnded || isBack(), { instead: words });
    world.onRequest = () => undefined;
    if (isHit) {
      await process.status;
      process = await world.start();
      tried++;
      // What ran before runs also where nothing was begun yet.
      await process.untilSaid("stack-done", /-shop: (rolled-back|held)/);
    }
    await converge(world, process, { precious, isHeld: true }).catch((error) => {
      throw new Error(`killed ${when} call ${point}: ${error.message}`);
    });
    version = bad + 1;
    await world.commit(withShop(one, version));
    process.reload();
    await converge(world, process, { precious });
    if (!isHit) break;
  }
  await settle(world, process, { precious });
  return `${tried} points`;
}

export const ROLLBACK_CASES: readonly FaultCase[] = [
  goesBack("a service that crashes after an update goes back, with image and data", CRASH),
  goesBack("a service that is unhealthy after an update goes back, with image and data", SICK),
  goesBack("a program that does not exist after an update goes back, with image and data", {
    command: "slep 1",
  }),
  faultCase(
    "rollback",
    "a tag that means another image by now does not keep it from the old one",
    async (world) => {
      const { api, images: { one, two } } = world.site.engine;
      const [repo, tag] = [`homeport.local/${world.prefix}`, "latest"];
      const point = async (image: string) =>
        void await (await api.request("POST", `/images/${image}/tag`, { query: { repo, tag } })).body
          ?.cancel();
      world.defer(() => world.remove(`/images/${repo}:${tag}`, { force: "true" }).catch(() => {}));
      await point(one);
      const process = await world.up(withShop(`${repo}:${tag}`, 1));
      const precious = await plantData(world);
      process.kill("SIGSTOP");
      await point(two);
      await world.commit(withShop(`${repo}:${tag}`, 2, CRASH));
      world.stacks = withShop(one, 1);
      process.kill("SIGCONT");
      process.reload();
      await untilRolledBack(process);
      await converge(world, process, {
        precious: precious.filter(({ container }) => container.includes("-shop-")),
        isHeld: true,
      });
      world.stacks = {};
      await world.commit(withShop(`${repo}:${tag}`, 3));
      process.reload();
      await settle(world, process);
    },
    GATE,
  ),
  faultCase("rollback", "a file that a service mounts is that of the old commit again", async (world) => {
    const { one } = world.site.engine.images;
    const mounting = (version: number, more: Partial<ServiceSpec> = {}): Record<string, StackSpec> => ({
      shop: {
        services: [{
          name: "a",
          image: one,
          version,
          more: ['volumes: ["./site.conf:/site.conf:ro"]'],
          ...more,
        }],
      },
    });
    await world.commit(mounting(1), { "shop/site.conf": "good\n" });
    const process = await world.start();
    await converge(world, process);
    const good = world.stacks;
    await world.commit(mounting(2, CRASH), { "shop/site.conf": "bad\n" });
    world.stacks = good;
    process.reload();
    await untilRolledBack(process);
    await converge(world, process, { isHeld: true });
    const file = join(world.lab.stackFolder(world.projectOf("shop")), "site.conf");
    assert.equal(await Deno.readTextFile(file), "good\n");
    await world.commit(mounting(3), { "shop/site.conf": "better\n" });
    process.reload();
    await settle(world, process);
    assert.equal(await Deno.readTextFile(file), "better\n");
  }, GATE),
  faultCase(
    "rollback",
    "with rollback off it stays as it was pushed, and is mended by the next push",
    async (world) => {
      const { one } = world.site.engine.images;
      const process = await world.up(withShop(one, 1));
      const precious = await plantData(world);
      await world.commit(withShop(one, 2, { ...CRASH, state: "any" }));
      process.reload();
      await process.untilSaid("stack-done", "-shop: failed");
      await converge(world, process, { isHeld: true, precious });
      await world.commit(withShop(one, 3));
      process.reload();
      await settle(world, process, { precious });
    },
    { deploy: { ...GATE.deploy, rollback: "off" } },
  ),
  ...(["before", "after"] as const).map((when) =>
    faultCase(
      "rollback",
      `an update that fails and goes back, killed (kill -9) ${when} any writing call, ends in the old state, and the next push in the new one`,
      (world) => killAnywhere(world, when),
      GATE,
    )
  ),
  faultCase(
    "rollback",
    "a first deployment that fails has nothing to go back to, and is mended by a push",
    async (world) => {
      const { one } = world.site.engine.images;
      await world.commit(withShop(one, 1, { ...CRASH, state: "any" }));
      const process = await world.start();
      await process.untilSaid("stack-done", "-shop: failed");
      await world.commit(withShop(one, 2));
      process.reload();
      await settle(world, process);
    },
    GATE,
  ),
  faultCase("rollback", "an engine that is killed in the middle of the way back", async (world) => {
    const { one } = world.site.engine.images;
    const process = await world.up(withShop(one, 1));
    await pushBad(world, withShop(one, 2, CRASH));
    process.reload();
    await process.untilSaid("operation-started", /start-container web/);
    await pause(1800);
    await world.site.engine.goAway("SIGKILL");
    await world.site.engine.comeBack();
    await pause(6000);
    await world.commit(withShop(one, 3));
    process.reload();
    await settle(world, process, { seconds: 120 });
  }, GATE),
  faultCase(
    "holds",
    "a suspended stack is neither mended nor updated, and both once it is resumed",
    async (world) => {
      const { one } = world.site.engine.images;
      const process = await world.up(withShop(one, 1));
      const precious = await plantData(world);
      const shop = world.projectOf("shop");
      const suspended = await world.lab.run("suspend", shop, "--host", "helium");
      assert.equal(suspended.code, 0, suspended.stderr);
      const before = await world.ids();
      await world.post("shop-web-1", "stop", { t: "0" });
      await world.commit(withShop(one, 2));
      process.reload();
      await pause(6000);
      const ofShop = (ids: Readonly<Record<string, string>>) =>
        Object.entries(ids).filter(([name]) => name.includes("-shop-"));
      assert.deepEqual(ofShop(await world.ids()), ofShop(before));
      assert.equal((await world.find("shop-web-1"))?.state, "exited");
      const resumed = await world.lab.run("resume", shop, "--host", "helium");
      assert.equal(resumed.code, 0, resumed.stderr);
      await settle(world, process, { precious });
    },
  ),
  faultCase(
    "holds",
    "a rollback by hand beside run stays until it is resumed, also over a kill -9",
    async (world) => {
      const { one, two } = world.site.engine.images;
      let process = await world.up(withShop(one, 1));
      const precious = await plantData(world);
      const good = world.stacks;
      await world.commit(withShop(two, 2));
      process.reload();
      await converge(world, process, { precious });
      const newer = world.stacks;
      const back = await world.lab.run("rollback", world.projectOf("shop"), "--host", "helium");
      assert.equal(back.code, 0, back.stdout + back.stderr);
      world.stacks = { ...newer, shop: good["shop"]! };
      await converge(world, process, { precious, isHeld: true });
      await process.end();
      process = await world.start();
      await process.until("a pass", () => process.count("pass-done") > 0);
      await converge(world, process, { precious, isHeld: true });
      world.stacks = newer;
      await world.lab.run("resume", world.projectOf("shop"), "--host", "helium");
      await settle(world, process, { precious });
    },
  ),
  ...["", "garbage", "{}", '{"version":1,"hosts":{"helium":{"stacks":[]}}}'].map((text) =>
    faultCase("holds", `a state file that is ${JSON.stringify(text)} is begun anew`, async (world) => {
      const { one } = world.site.engine.images;
      const first = await world.up(withShop(one, 1));
      const precious = await plantData(world);
      const before = await world.ids();
      await first.stop();
      await Deno.writeTextFile(join(world.dataDir, "state.json"), text);
      const process = await world.start();
      await process.until("a pass", () => process.count("pass-done") > 0);
      assert.deepEqual(await world.ids(), before);
      await world.commit(withShop(one, 2));
      process.reload();
      await settle(world, process, { precious, isJournalSetAside: true });
    })
  ),
  faultCase("holds", "apply beside run does nothing twice", async (world) => {
    const { one } = world.site.engine.images;
    const process = await world.up(withShop(one, 1));
    const precious = await plantData(world);
    for (let version = 2; version < 5; version++) {
      await world.commit(withShop(one, version));
      process.reload();
      const { code, stdout, stderr } = await world.lab.run("apply");
      assert.equal(code, 0, stdout + stderr);
    }
    await settle(world, process, { precious });
  }),
  faultCase(
    "holds",
    "an open maintenance window holds pushes back, mends drift, and lets go when it is over",
    async (world) => {
      const { one } = world.site.engine.images;
      const first = await world.up(withShop(one, 1));
      const precious = await plantData(world);
      await first.stop();
      const hosts = world.lab.config.hosts as unknown as Record<string, Record<string, unknown>>;
      hosts["helium"]!["maintenanceWindows"] = [{ cron: "* * * * *", duration: "1h" }];
      const windowed = await world.start();
      await windowed.until("the start", () => windowed.count("started") > 0);
      await pushBad(world, withShop(one, 2));
      const newer = withShop(one, 2);
      windowed.reload();
      await world.post("shop-web-1", "kill");
      await pause(4000);
      await converge(world, windowed, { precious, isHeld: true });
      await windowed.stop();
      delete hosts["helium"]!["maintenanceWindows"];
      world.stacks = newer;
      await settle(world, await world.start(), { precious });
    },
  ),
];
