/** The data folder: the disk under it, and what becomes of the files in it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { run } from "../../../tools/engine/run.ts";
import { type FaultCase, faultCase } from "../case.ts";
import { plantData } from "../check_world.ts";
import type { HomeportProcess } from "../homeport_process.ts";
import { converge, type Expectations, settle } from "../settle.ts";
import { fiveStacks, type StackSpec } from "../stack_spec.ts";
import type { World } from "../world.ts";

/** Something happens to the folder while Homeport runs or between two runs; containers are not touched by it. */
function folder(
  what: string,
  spoil: (dataDir: string, world: World) => Promise<unknown> | unknown,
  expected: Expectations & { readonly isRunning?: boolean } = {},
): FaultCase {
  return faultCase("data folder", what, async (world) => {
    let process = await world.up(world.five(1));
    const precious = await plantData(world);
    const before = await world.ids();
    if (expected.isRunning) {
      // Between two passes: what a pass reads of the checkout is what it found there.
      const passes = process.counted("pass-done");
      await process.until("the end of a pass", () => process.counted("pass-done") > passes);
      await spoil(world.dataDir, world);
    } else {
      await process.stop();
      await spoil(world.dataDir, world);
      process = await world.start();
      // Before that, SIGHUP ends any process.
      await process.until("the start", () => process.count("started") > 0);
    }
    process.reload();
    await pause(1500);
    assert.deepEqual(await world.ids(), before, "no container was touched");
    await world.commit(world.five(2));
    process.reload();
    await settle(world, process, { precious, ...expected });
  });
}

const wipe = async (dataDir: string) => {
  for await (const { name } of Deno.readDir(dataDir)) {
    await Deno.remove(join(dataDir, name), { recursive: true });
  }
};

const overwrite = (file: string, text: string) => async (dataDir: string) => {
  await Deno.writeTextFile(join(dataDir, file), text);
};

/** The data folder on a disk of its own. */
async function mount(world: World, size: string): Promise<void> {
  await Deno.mkdir(world.dataDir, { recursive: true });
  await mustRun("mount", "-t", "tmpfs", "-o", `size=${size}`, "tmpfs", world.dataDir);
  world.defer(() => run("umount", ["-l", world.dataDir]));
}

async function mustRun(command: string, ...args: readonly string[]): Promise<void> {
  const { code, stderr } = await run(command, args);
  assert.equal(code, 0, stderr);
}

/** A stack with a file that it mounts. */
function mounting(image: string, version: number): Record<string, StackSpec> {
  return {
    ...fiveStacks(image, version),
    mounts: {
      services: [{ name: "a", image, version, more: ["configs: [{ source: c, target: /c.txt }]"] }],
      more: ["configs: { c: { file: ./c.txt } }"],
    },
  };
}

async function failing(process: HomeportProcess): Promise<void> {
  const before = process.count("pass-failed");
  process.reload();
  await process.until("a pass that fails", () => process.count("pass-failed") > before);
}

export const DATA_FOLDER_CASES: readonly FaultCase[] = [
  folder("a data folder that is emptied while Homeport runs is begun anew", wipe, { isRunning: true }),
  folder(
    "a data folder that is removed while Homeport runs is begun anew",
    (dataDir) => Deno.remove(dataDir, { recursive: true }),
    {
      isRunning: true,
    },
  ),
  folder("a data folder that is emptied between two runs is begun anew", wipe),
  folder(
    "a checkout that is removed is made again",
    (dataDir) => Deno.remove(join(dataDir, "checkout"), { recursive: true }),
    {
      isRunning: true,
    },
  ),
  folder("files of the checkout that are edited by hand are as Git says again", async (_, world) => {
    for (const stack of ["alone", "pair"]) {
      await Deno.writeTextFile(
        join(world.lab.stackFolder(world.projectOf(stack)), "compose.yml"),
        "services: {}\n",
      );
    }
    await Deno.remove(world.lab.stackFolder(world.projectOf("net")), { recursive: true });
  }, { isRunning: true }),
  folder("Git's own files that are garbage are fetched anew", async (dataDir) => {
    const packs = join(dataDir, "checkout/.git/objects/pack");
    for await (const { name } of Deno.readDir(packs)) await Deno.writeTextFile(join(packs, name), "garbage");
    await Deno.writeTextFile(join(dataDir, "checkout/.git/index"), "garbage");
    await Deno.writeTextFile(join(dataDir, "checkout/.git/HEAD"), "garbage");
  }, { isRunning: true }),
  folder("a checkout that is a file is reported, or made again", async (dataDir) => {
    await Deno.remove(join(dataDir, "checkout/.git"), { recursive: true });
    await Deno.writeTextFile(join(dataDir, "checkout/servers/notes.txt"), "of a person\n");
  }, { isRunning: true }),
  folder("a journal that is garbage is set aside", overwrite("journal.db", "garbage ".repeat(1000)), {
    isJournalSetAside: true,
  }),
  folder(
    "a journal that becomes garbage while Homeport runs is set aside",
    overwrite("journal.db", "garbage ".repeat(1000)),
    {
      isRunning: true,
      isJournalSetAside: true,
    },
  ),
  folder("a journal that is cut in its middle is set aside, or read as far as it goes", async (dataDir) => {
    const path = join(dataDir, "journal.db");
    await Deno.truncate(path, Math.floor((await Deno.stat(path)).size / 2));
  }, { isRunning: true, isJournalSetAside: true }),
  folder("an empty journal is begun anew", overwrite("journal.db", ""), { isJournalSetAside: true }),
  folder("a lock file that is deleted while Homeport runs", async (dataDir) => {
    for await (const { name } of Deno.readDir(dataDir)) {
      if (name.endsWith(".lock")) await Deno.remove(join(dataDir, name));
    }
  }, { isRunning: true }),
  folder(
    "a lock file that was left by a killed process keeps nobody out",
    overwrite("homeport.lock", "pid 1 (run), since 2020\n"),
  ),
  faultCase("data folder", "a second run beside the first does nothing, and nothing twice", async (world) => {
    const first = await world.up(world.five(1));
    const precious = await plantData(world);
    const second = await world.start();
    await pause(2500);
    assert.equal(second.count("pass-started"), 0);
    await world.commit(world.five(2));
    first.reload();
    await converge(world, first, { precious });
    if (second.hasEnded) {
      await settle(world, first, { precious });
      return "refused";
    }
    await first.stop();
    await settle(world, second, { precious });
    return "waits, and takes over";
  }),
  faultCase(
    "data folder",
    "a push that does not fit on the disk leaves everything as it runs, and is deployed when there is room",
    async (world) => {
      await mount(world, "4m");
      const process = await world.up(world.five(1));
      const before = await world.ids();
      const large = Array.from(crypto.getRandomValues(new Uint8Array(60_000)), (each) => each.toString(36))
        .join("");
      await world.commit(
        world.five(2),
        Object.fromEntries(
          Array.from({ length: 60 }, (_, index) => [`net/large${index}.txt`, `${index}${large}`]),
        ),
      );
      await failing(process);
      assert.deepEqual(await world.ids(), before);
      await mustRun("mount", "-o", "remount,size=64m", world.dataDir);
      process.reload();
      await settle(world, process);
    },
  ),
  faultCase(
    "data folder",
    "a disk without any room left for the journal does not keep drift from being mended",
    async (world) => {
      await mount(world, "4m");
      const process = await world.up(world.five(1));
      const filler = join(world.dataDir, "filler");
      await run("dd", ["if=/dev/zero", `of=${filler}`, "bs=4k"]);
      await world.post("pair-db-1", "kill");
      await process.until(
        "a mended container",
        () => world.isRunning("pair-db-1"),
      );
      await Deno.remove(filler);
      process.reload();
      await settle(world, process, { isJournalSetAside: true });
    },
  ),
  faultCase(
    "data folder",
    "a data folder that becomes read-only is said, and used again when it is not",
    async (world) => {
      const process = await world.up(world.five(1));
      const before = await world.ids();
      // What is open stays writable, as on a disk that the system gave up.
      await mustRun("mount", "--bind", world.dataDir, world.dataDir);
      world.defer(() => run("umount", ["-l", world.dataDir]));
      await mustRun("mount", "-o", "remount,bind,ro", world.dataDir);
      await world.commit(world.five(2));
      await failing(process);
      assert.deepEqual(await world.ids(), before);
      await mustRun("umount", "-l", world.dataDir);
      process.reload();
      await settle(world, process);
    },
  ),
  faultCase(
    "data folder",
    "a disk that goes away under the running process, and comes back empty",
    async (world) => {
      await mount(world, "64m");
      const process = await world.up(world.five(1));
      const before = await world.ids();
      await run("umount", ["-l", world.dataDir]);
      process.reload();
      await pause(2000);
      assert.deepEqual(await world.ids(), before);
      await world.commit(world.five(2));
      process.reload();
      await settle(world, process);
    },
  ),
  faultCase(
    "data folder",
    "a file that a stack mounts and that is spoilt in the checkout is restored",
    async (world) => {
      const image = world.site.engine.images.one;
      await world.commit(mounting(image, 1), { "mounts/c.txt": "as Git says\n" });
      const process = await world.start();
      await process.until("the deployment", () => process.isSettledAt(world.head));
      const file = join(world.lab.stackFolder(world.projectOf("mounts")), "c.txt");
      await Deno.writeTextFile(file, "spoilt\n");
      await process.until(
        "the file as it was",
        async () => await Deno.readTextFile(file) === "as Git says\n",
      );
      await settle(world, process);
    },
  ),
];
