import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeDaemonFolder, startDaemon } from "../../tools/engine/daemon.ts";

const exists = (path: string): Promise<boolean> => Deno.lstat(path).then(() => true, () => false);

async function until(condition: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    if (await condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

Deno.test("a daemon and its folder are gone after stop", async () => {
  const folder = await makeDaemonFolder("daemon");
  const ready = join(folder, "ready");
  const daemon = await startDaemon({
    name: "the daemon",
    folder,
    command: "/bin/sh",
    args: ["-c", `touch ${ready}; exec sleep 60`],
    isReady: () => exists(ready),
  });
  await daemon.stop();
  assert.equal(await exists(folder), false);
});

Deno.test("a daemon that ends at once is reported without a wait", async () => {
  const starting = startDaemon({
    name: "the daemon",
    folder: await makeDaemonFolder("daemon"),
    command: "/bin/sh",
    args: ["-c", "echo Failed: wrong turn; echo bye; exit 3"],
    isReady: () => Promise.resolve(false),
  });
  await assert.rejects(starting, /the daemon does not start: Failed: wrong turn$/);
});

Deno.test("a daemon that does not start is reported with its last words", async () => {
  const folder = await makeDaemonFolder("daemon");
  const starting = startDaemon({
    name: "the daemon",
    folder,
    command: "/bin/sh",
    args: ["-c", "echo no such luck; exec sleep 60"],
    isReady: () => Promise.resolve(false),
    timeoutSeconds: 0.5,
  });
  await assert.rejects(starting, /the daemon does not start: no such luck$/);
  assert.equal(await exists(folder), false);
});

Deno.test("a daemon does not outlive a process that was killed", async () => {
  const folder = await makeDaemonFolder("daemon");
  const pidFile = join(folder, "pid");
  const script = fileURLToPath(new URL("../../tools/engine/lifeline.sh", import.meta.url));
  const code = `new Deno.Command("/bin/sh", { args: ${
    JSON.stringify([script, folder, "/bin/sh", "-c", `echo $$ > ${pidFile}; exec sleep 60`])
  }, stdin: "piped", detached: true }).spawn(); setInterval(() => {}, 1000);`;
  const owner = new Deno.Command(Deno.execPath(), { args: ["eval", code], stdin: "null" }).spawn();
  assert.ok(await until(() => exists(pidFile)), "the daemon started");
  owner.kill("SIGKILL");
  await owner.status;
  assert.ok(await until(async () => !await exists(folder)), "the folder is gone");
});
