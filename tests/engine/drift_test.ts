/** What `homeport run` leaves alone on a real engine, and for how long: drift, a maintenance window, a gate that still waits. */
import assert from "node:assert/strict";
import { folder as stacksIn } from "../../lib/mod.ts";
import { Homelab } from "../fakes/homelab.ts";
import { containerIds } from "./container_ids.ts";
import { follow } from "./follow.ts";
import { type EngineTest, engineTest } from "./harness.ts";

engineTest("drift is put back so often, or only told, and a window lets nothing new in", async (t) => {
  const drift = { attempts: 1, within: "10m" } as const;
  const lab = new Homelab({ folder: t.folder, dockerHost: t.dockerHost, config: { drift } });
  const [crashing, told] = [`${t.project}-crashing`, `${t.project}-told`];
  const runs = async (stack: string) => (await containerIds(t))[`${stack}-app-1`] !== undefined;
  const remove = (stack: string) => t.docker(["rm", "-f", `${stack}-app-1`]);
  await lab.commit({
    [`${crashing}/compose.yml`]: app(t),
    [`${told}/compose.yml`]: `x-homeport: { drift: report }\n${app(t)}`,
  });
  const daemon = follow(lab);
  await daemon.until(/2 deployed \(start/);

  await t.step("what is only told stays away until a person names the stack", async () => {
    await remove(told);
    await daemon.until(new RegExp(`drift: app has no container yet: homeport apply --stack ${told} puts it`));
    assert.equal((await lab.run("apply", "--stack", told)).code, 0);
    assert.ok(await runs(told));
    await daemon.quiet();
  });

  await t.step("what ends again is held once it was put back so often, until it is resumed", async () => {
    await remove(crashing);
    await daemon.until(() => runs(crashing));
    await daemon.until(/1 deployed, 1 unchanged \([^)]*drift/);
    await daemon.quiet();
    await remove(crashing);
    // A container that is about to go is shown as dead for a moment.
    await daemon.until(/put back once within 10 min, and changed again: /);
    await daemon.until(/1 held, 1 unchanged \([^)]*drift/);
    assert.ok(!await runs(crashing));
    assert.match(
      (await lab.run("status")).stdout,
      new RegExp(`! ${crashing}: held since .* \\(drift\\): put back`),
    );
    assert.equal((await lab.run("resume", crashing)).code, 0);
    await daemon.until(() => runs(crashing));
    await daemon.quiet();
  });

  await t.step("a stack that does not get well goes back at once when a person wants it", async () => {
    await lab.commit({ [`${crashing}/compose.yml`]: app(t, "neverHealthy") });
    daemon.reload();
    await daemon.until(/waiting for app to become healthy/);
    const { code, stdout } = await lab.run("rollback", crashing);
    assert.equal(code, 0, stdout);
    assert.match(daemon.stdout(), /1 unchanged, 1 interrupted|1 interrupted, 1 unchanged/);
  });
  daemon.interrupt();
  await daemon.ended;

  await t.step("in a window drift is put back, and nothing new deployed but by a person", async () => {
    const maintenanceWindows = [{ cron: "* * * * *", duration: "1h" }];
    const quiet = new Homelab({
      folder: t.folder,
      dockerHost: t.dockerHost,
      config: { hosts: { helium: { stacks: stacksIn("servers/helium"), maintenanceWindows } } },
    });
    await lab.commit({ [`${t.project}-new/compose.yml`]: app(t) });
    const inWindow = follow(quiet);
    await inWindow.until(/a maintenance window is open until/);
    await remove(crashing);
    await inWindow.until(() => runs(crashing));
    assert.ok(!await runs(`${t.project}-new`));
    assert.match((await quiet.run("status")).stdout, /! a maintenance window is open until .* UTC/);
    await quiet.run("apply");
    assert.ok(await runs(`${t.project}-new`));
    inWindow.interrupt();
    assert.equal((await inWindow.ended).code, 0);
  });
}, { compose: true });

engineTest("while a gate waits, another stack is put back at once, and the gate goes on", async (t) => {
  const lab = new Homelab({ folder: t.folder, dockerHost: t.dockerHost });
  const [slow, other] = [`${t.project}-slow`, `${t.project}-other`];
  await lab.commit({
    [`${slow}/compose.yml`]: `x-homeport: { health_gate: { stable: 4s } }\n${app(t)}`,
    [`${other}/compose.yml`]: app(t),
  });
  const daemon = follow(lab);
  await daemon.until(new RegExp(`"${other}: deployed`));
  await daemon.until(/everything is up: waiting whether it stays so for 4 s/);
  await t.docker(["rm", "-f", `${other}-app-1`]);
  await daemon.until(new RegExp(`"${slow}: deployed`));
  await daemon.quiet();
  const ends = daemon.lines().filter(({ event, result }) => event === "stack-done" && result !== "unchanged")
    .map(({ stack, result, done }) => [stack, result, done]);
  assert.deepEqual(ends, [
    [other, "deployed", 2],
    [slow, "interrupted", 2],
    [other, "deployed", 2],
    [slow, "deployed", 0],
  ]);
  assert.deepEqual(daemon.passes().map(({ triggers }) => triggers), [["start"], ["drift"]]);
  daemon.interrupt();
  assert.equal((await daemon.ended).code, 0);
  const { stdout } = await lab.run("history", "--json");
  assert.match(stdout, /"interrupted"/);
  assert.doesNotMatch(stdout, /failed/);
}, { compose: true });

function app(t: EngineTest, health?: "neverHealthy"): string {
  const healthcheck = '{ test: ["NONE"] }';
  const never = '{ test: ["CMD", "false"], interval: 1s, start_period: 90s }';
  return `services:
  app:
    image: ${t.images.one}
    network_mode: none
    stop_grace_period: 0s
    healthcheck: ${health === undefined ? healthcheck : never}
`;
}
