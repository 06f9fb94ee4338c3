import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { HomeportError } from "../../lib/errors.ts";
import { lockDataDir } from "../../lib/repository/lock.ts";
import { temporaryFolder } from "../temporary_folder.ts";

const LOCK = fileURLToPath(new URL("../../lib/repository/lock.ts", import.meta.url));
const signal = new AbortController().signal;

Deno.test("the second process is told who holds the data folder, and gets it when the first is done", async () => {
  using folder = temporaryFolder();
  const first = await lockDataDir(folder.path, { command: "apply --host helium", wait: false, signal });
  const waits: string[] = [];
  const second = lockDataDir(folder.path, {
    command: "plan",
    wait: true,
    onWait: (holder) => {
      waits.push(holder);
      setTimeout(() => first.release(), 50);
    },
    signal,
  });
  using _lock = await second;
  assert.equal(waits.length, 1);
  assert.match(
    waits[0]!,
    new RegExp(`^pid ${Deno.pid} \\(apply --host helium\\), since \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z$`),
  );
});

Deno.test("a disk without room for the holder's name keeps nobody from the lock, then or later", async () => {
  using folder = temporaryFolder();
  const { writeSync } = Deno.FsFile.prototype;
  Deno.FsFile.prototype.writeSync = () => {
    throw Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
  };
  try {
    for (let times = 0; times < 2; times++) {
      using _lock = await lockDataDir(folder.path, { command: "run", wait: false, signal });
    }
  } finally {
    Deno.FsFile.prototype.writeSync = writeSync;
  }
});

Deno.test("whoever waits comes before the one that has it and wants it again", async () => {
  using folder = temporaryFolder();
  const order: string[] = [];
  const lock = async (command: string, wait: boolean) => {
    const got = await lockDataDir(folder.path, { command, wait, signal });
    order.push(command);
    return got;
  };
  const first = await lock("run", false);
  const second = lock("rollback", true);
  await new Promise((resolve) => setTimeout(resolve, 50));
  first.release();
  const again = lock("run again", true);
  (await second).release();
  (await again).release();
  assert.deepEqual(order, ["run", "rollback", "run again"]);
});

Deno.test("a process that does not wait, or has waited long enough, gets an error that names the holder", async () => {
  using folder = temporaryFolder();
  using _lock = await lockDataDir(folder.path, { command: "apply", wait: false, signal });
  for (const wait of [false, 250]) {
    const error = await lockDataDir(folder.path, { command: "plan", wait, signal }).catch((error: unknown) =>
      error
    );
    assert.ok(error instanceof HomeportError);
    assert.match(error.message, new RegExp(`is in use by pid ${Deno.pid} \\(apply\\), since `));
    assert.equal(error.consequence, "wait");
    assert.equal(error.message.includes("(waited 0 s)"), wait === 250);
  }
});

Deno.test("the lock goes with its process, also when that is killed", async () => {
  using folder = temporaryFolder();
  const script = `import { lockDataDir } from ${JSON.stringify(LOCK)};
    await lockDataDir(${
    JSON.stringify(folder.path)
  }, { command: "dying", wait: false, signal: new AbortController().signal });
    console.log("locked");
    setInterval(() => {}, 1000);`;
  const child = new Deno.Command(Deno.execPath(), { args: ["eval", "-q", script], stdout: "piped" }).spawn();
  const reader = child.stdout.getReader();
  await reader.read();
  await assert.rejects(
    lockDataDir(folder.path, { command: "plan", wait: false, signal }),
    new RegExp(`pid ${child.pid} \\(dying\\)`),
  );

  child.kill("SIGKILL");
  await child.status;
  await reader.cancel();

  using _lock = await lockDataDir(folder.path, { command: "plan", wait: false, signal });
});

Deno.test("waiting ends when it is aborted", async () => {
  using folder = temporaryFolder();
  using _lock = await lockDataDir(folder.path, { command: "apply", wait: false, signal });
  const controller = new AbortController();
  const reason = new Error("enough");
  setTimeout(() => controller.abort(reason), 20);
  await assert.rejects(
    lockDataDir(folder.path, { command: "plan", wait: true, signal: controller.signal }),
    reason,
  );
});

Deno.test("a lock file that is deleted while it is being locked does not let two in", async () => {
  using folder = temporaryFolder();
  const open = Deno.openSync;
  Deno.openSync = (path, options) => {
    Deno.openSync = open;
    const file = open(path, options);
    Deno.removeSync(path);
    return file;
  };
  using _first = await lockDataDir(folder.path, { command: "first", wait: false, signal });
  await assert.rejects(
    lockDataDir(folder.path, { command: "second", wait: false, signal }),
    /in use by pid \d+ \(first\)/,
  );
});
