/** `homeport run` on a real engine: pushes, drift, signals, and an engine that goes away. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startEngineProxy } from "../fakes/engine_proxy.ts";
import { Homelab } from "../fakes/homelab.ts";
import { containerIds } from "./container_ids.ts";
import { follow } from "./follow.ts";
import { type EngineTest, engineTest } from "./harness.ts";

engineTest("run follows pushes, mends drift, and makes no pass of its own doing", async (t) => {
  const lab = new Homelab({ folder: t.folder, dockerHost: t.dockerHost });
  const name = `${t.project}-web-a-1`;
  await lab.commit({ [`${t.project}-web/compose.yml`]: service(t, "a") });
  const daemon = follow(lab);
  await daemon.until(/1 deployed \(start/);
  const [first] = Object.values(await containerIds(t));

  await t.step("a push is deployed when it is asked to look, ten of them once, the last one", async () => {
    for (let push = 1; push <= 10; push++) {
      await lab.commit({ [`${t.project}-web/compose.yml`]: service(t, "a", `{ PUSH: '${push}' }`) });
      daemon.reload();
    }
    await daemon.until(async () => (await environmentOf(t, name)).includes("PUSH=10"));
    await daemon.until(() => daemon.passes().at(-1)?.end !== undefined);
    assert.notEqual((await containerIds(t))[name], first);
    const passes = daemon.passes();
    assert.ok(passes.length <= 12, `${passes.length} passes`);
    passes.forEach(({ begin }, index) =>
      assert.ok(index === 0 || passes[index - 1]!.end! < begin, "overlap")
    );
  });

  await t.step("what the passes did to containers and networks called for no pass", async () => {
    await pause(400);
    assert.deepEqual(daemon.passes().filter(({ triggers }) => triggers.includes("drift")), []);
  });

  await t.step("a container that is removed by hand is back", async () => {
    const { [name]: id } = await containerIds(t);
    await t.docker(["rm", "-f", name]);
    await daemon.until(async () => ![id, undefined].includes((await containerIds(t))[name]));
    await daemon.until(/1 deployed \(drift/);
  });

  await t.step("a network that is removed by hand is back", async () => {
    const network = `${t.project}-web_default`;
    await t.docker(["network", "disconnect", "-f", network, name]);
    await daemon.until(async () => (await networksOf(t, name)).includes(network));
  });

  await t.step(
    "nothing to do is said only to those who ask for it",
    async () => {
      await daemon.until(() => daemon.passes().at(-1)?.end !== undefined);
      daemon.reload();
      await daemon.until(() => daemon.passes().at(-1)?.triggers.includes("reload") === true);
      await daemon.until(() => daemon.passes().at(-1)?.end !== undefined);
      const idle = daemon.lines().filter(({ event }) => event === "pass-done").at(-1)!;
      assert.deepEqual([idle["level"], idle["message"]?.slice(0, 6)], ["debug", "helium"]);
    },
  );

  await t.step("beside it, a stack is suspended, looked at, and resumed", async () => {
    const stack = `${t.project}-web`;
    assert.equal((await lab.run("suspend", stack, "--reason", "moving")).code, 0);
    await daemon.until(() => daemon.lines().some(({ message }) => message?.includes("(moving)") === true));
    await t.docker(["rm", "-f", name]);
    await pause(500);
    assert.equal((await containerIds(t))[name], undefined);
    const refused = await lab.run("apply", "--stack", stack);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /suspended since .* \(moving\): homeport resume .* ends it/);
    assert.match((await lab.run("plan")).stdout, new RegExp(`‖ ${stack}: suspended since .* \\(moving\\)`));
    assert.match((await lab.run("status")).stdout, new RegExp(`! ${stack}: suspended since .* \\(moving\\)`));
    assert.equal((await lab.run("resume", stack)).code, 0);
    await daemon.until(async () => (await containerIds(t))[name] !== undefined);
    await daemon.until(() => daemon.passes().at(-1)?.end !== undefined);
  });

  daemon.interrupt();
  const { code } = await daemon.ended;
  assert.equal(code, 0);
  assert.deepEqual(daemon.lines().slice(-2).map(({ event }) => event), ["stopping", "stopped"]);
  const history = (await lab.run("history", "--json", "--limit", "100")).stdout;
  // Several reasons may be served by one pass, and several events be told of one.
  for (const trigger of ["start", "reload", `drift \\([^"]*container ${name} `]) {
    assert.match(history, new RegExp(`"trigger": "[^"]*${trigger}`));
  }
}, { compose: true });

engineTest(
  "SIGTERM ends run after the operation in hand, and an engine that was away is followed again",
  async (t) => {
    const socket = join(t.folder, "proxy.sock");
    let onCreate = () => {};
    const start = () =>
      startEngineProxy({
        target: t.socketPath,
        socket,
        onRequest: ({ path }) => void (path.startsWith("/containers/create") && onCreate()),
      });
    let proxy = await start();
    try {
      const lab = new Homelab({ folder: t.folder, dockerHost: `unix://${socket}` });
      await lab.commit({ [`${t.project}-web/compose.yml`]: service(t, "a") });
      const daemon = follow(lab);
      await daemon.until(/1 deployed/);

      await proxy.close();
      await daemon.until(() => daemon.lines().some(({ event }) => event === "engine-lost"));
      await t.docker(["rm", "-f", `${t.project}-web-a-1`]);
      proxy = await start();
      await daemon.until(/1 deployed \(.*engine/);
      assert.deepEqual(Object.keys(await containerIds(t)), [`${t.project}-web-a-1`]);

      onCreate = () => daemon.interrupt();
      await lab.commit({ [`${t.project}-other/compose.yml`]: service(t, "b") });
      daemon.reload();
      const { code } = await daemon.ended;
      assert.equal(code, 0);
      const created = (await containerIds(t))[`${t.project}-other-b-1`];
      assert.notEqual(created, undefined, "the creation in hand was finished");
      const [container] = JSON.parse((await t.docker(["inspect", created!])).stdout);
      assert.equal(container.State.Status, "created", "and its start was not begun");
    } finally {
      await proxy.close();
    }
  },
  { compose: true },
);

async function environmentOf(t: EngineTest, container: string): Promise<readonly string[]> {
  const { code, stdout } = await t.docker(["inspect", "-f", "{{json .Config.Env}}", container]);
  return code === 0 ? JSON.parse(stdout) : [];
}

async function networksOf(t: EngineTest, container: string): Promise<readonly string[]> {
  const { code, stdout } = await t.docker(["inspect", "-f", "{{json .NetworkSettings.Networks}}", container]);
  return code === 0 ? Object.keys(JSON.parse(stdout)) : [];
}

function service(t: EngineTest, name: string, environment = "{ A: '1' }"): string {
  return `services:
  ${name}:
    image: ${t.images.one}
    stop_signal: SIGKILL
    environment: ${environment}
networks:
  default:
    ipam: { config: [{ subnet: "${t.subnet}.${name === "a" ? 0 : 16}/28" }] }
`;
}
