import assert from "node:assert/strict";
import { join } from "node:path";
import { lockDataDir } from "../../lib/repository/lock.ts";
import { cli, fakeApp } from "../fakes/fake_app.ts";
import { Homelab } from "../fakes/homelab.ts";

const RUN = { pid: 12, since: "2026-01-02T03:00:00.000Z" };

Deno.test("health says who runs and when the last pass was, and ends with 0", async () => {
  const health = { healthy: true, run: RUN, lastPass: "2026-01-02T04:05:06.000Z" };
  const app = fakeApp({ health: () => Promise.resolve(health) });
  assert.deepEqual(await cli(["health"], app), {
    code: 0,
    stdout: "healthy: homeport run is pid 12 since 2026-01-02 03:00, last pass 2026-01-02 04:05 (UTC)\n",
    stderr: "",
  });
  assert.deepEqual(JSON.parse((await cli(["health", "--json"], app)).stdout), health);
});

Deno.test("health says why not, and ends with 1", async () => {
  const app = fakeApp({
    health: () => Promise.resolve({ healthy: false, reason: "homeport run does not run" }),
  });
  assert.deepEqual(await cli(["health"], app), {
    code: 1,
    stdout: "",
    stderr: "unhealthy: homeport run does not run\n",
  });
  assert.equal((await cli(["health", "--json"], app)).code, 1);
});

Deno.test("health looks into the data folder, and asks neither Docker nor the repository", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const lab = new Homelab({ folder, dockerHost: "unix:///nowhere.sock", remote: "/nowhere" });
    assert.equal((await lab.run("health")).stderr, "unhealthy: homeport run does not run\n");
    const { signal } = new AbortController();
    using _lock = await lockDataDir(lab.dataDir, {
      kind: "run",
      command: "run --host helium",
      wait: false,
      signal,
    });
    assert.deepEqual((await lab.run("health")).code, 0);
    const journal = join(lab.dataDir, "journal.db");
    Deno.writeTextFileSync(journal, "");
    const old = new Date("2026-01-02T03:04:05Z");
    Deno.utimeSync(journal, old, old);
    const { run, lastPass, healthy } = JSON.parse((await lab.run("health", "--json")).stdout);
    assert.deepEqual([run.pid, lastPass, healthy], [Deno.pid, old.toISOString(), true], "it has just begun");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
